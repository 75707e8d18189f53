"""From raw records to numbers, by pure functions.

records -> timing (per request) -> sample (percentiles) -> summary
           window, outcomes, cache, replicas, series, trend, goodput: one question each
"""
