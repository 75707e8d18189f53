"""`python -m generator VERB`."""

import sys

try:
    from generator.cli import main
except KeyboardInterrupt:
    # Before there is anything that could turn it into a sentence.
    sys.exit(130)

main()
