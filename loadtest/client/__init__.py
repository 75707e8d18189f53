"""The HTTP client that stamps chunks.

`answer` reads bytes and knows no socket, so it is tested without one; `connection` is a socket read from the
event loop's callback; `exchange` sends one request and waits for its answer.
"""
