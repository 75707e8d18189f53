"""A run's numbers in the words of other tools, each by that tool's own formula, from the same raw records.

Tools disagree on what ITL, TPOT and latency mean; comparing numbers of the same name across tools compares
different things. Here one run is read by all of their definitions.
"""
