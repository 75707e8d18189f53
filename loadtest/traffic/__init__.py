"""What a load-generating process does: play sessions at their times, keep the records, send them to the master.

Locust starts the process's users and carries the messages; the requests are our own (`loadtest.client`).
"""
