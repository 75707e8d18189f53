"""Many runs side by side: load against latency, engine settings against each other.

sweep.json (which runs) + their summaries -> analysis -> one table, one page
"""
