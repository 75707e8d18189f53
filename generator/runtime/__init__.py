"""The runtimes: what is running, what must be done and why, and doing it.

observed   one snapshot of what runs           phases, causes   what a service is at, why it failed (pure)
decision   wanted x observed -> operations     wait, progress   until it serves, telling the operator
execution  operations -> a runtime             compose, host    the two runtimes; neither decides anything
"""
