"""One run, seen from its master: find the target, look at it, start workers, collect records, watch, end.

Pre-flight (no load yet): target -> preflight -> words. Then: crew -> master -> requests.jsonl and run.json.
"""
