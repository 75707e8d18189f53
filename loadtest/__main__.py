"""`python -m loadtest VERB`."""

from loadtest.cli import main

main()
