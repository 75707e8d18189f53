"""What an SGLang release accepts and offers, read from its source without running it.

`python -m generator.catalog.extraction VERSION` fetches a release; with `--installed` it reads the engine of the
interpreter that runs it, which is how an image is asked. Standard library only, so that it runs there.
"""
