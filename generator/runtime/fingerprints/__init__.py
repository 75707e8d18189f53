"""Known failures, a table for each of those that say them; `causes.py` searches all of them."""
