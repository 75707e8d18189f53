"""OpenTelemetry spans of requests, with `--enable-trace` as in the real server (srt/observability/trace.py, 0.5.23)."""
