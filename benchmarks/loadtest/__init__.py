"""Figures of the load test: against a schedule that is known, and against its peers on the same target.

`exact_target` is that server, `truth` what it did; `ours` and `peers` run the load generators; `alone` and `beside`
are the measurements.
"""
