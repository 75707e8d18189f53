"""A stand-in for one SGLang 0.5.23 server: its HTTP surface over a modelled GPU, on one CPU core.

The pure core (`tokens`, `model`, `radix`, `scheduler`, `timing`) knows neither sockets nor wall time;
`driver` paces it, `web` and `routes` speak HTTP. What is claimed here is checked against the real server
by `tests/conformance`.
"""

ENGINE_VERSION = "0.5.23"
"""The SGLang release whose recorded behaviour is imitated."""
