"""The load test: Locust drives the traffic, the timing is our own, everything is derived from raw records.

    target + profile -> scenario -> sessions -> client -> requests.jsonl -> summary -> verdict -> report

Only modules that must import `locust` do so (it patches the standard library on import); timing, derivation,
verdict and report are pure.
"""
