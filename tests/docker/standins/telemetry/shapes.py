"""What may stand in the configuration files: the fields that the kit uses, as the tools' documents have them.

Collector: the READMEs of its components at v0.120. Tempo: docs/sources/tempo/configuration of v2.8. Loki: docs/sources/
shared/configuration.md of v3.5. A field that is new to these tables has to be looked up there first.
"""

from typing import Any

GRPC = {"endpoint": str}
TLS = {"insecure": bool}
COLLECTOR: dict[str, Any] = {
    "receivers": {
        "otlp": {"protocols": {"grpc": GRPC, "http": GRPC}},
        "syslog": {
            "protocol": {"rfc3164", "rfc5424"},
            "udp": {"listen_address": str},
            "operators": [
                {"type": {"move"}, "from": str, "to": str},
                {"type": {"regex_parser"}, "if": str, "regex": str},
            ],
        },
    },
    "processors": {
        "memory_limiter": {"check_interval": str, "limit_mib": int, "spike_limit_mib": int},
        "batch": {},
        "transform": {"log_statements": [{"context": {"log"}, "statements": [str]}]},
    },
    "exporters": {
        "otlp": {"endpoint": str, "tls": TLS},
        "otlphttp": {"endpoint": str, "tls": TLS},
        "nop": {},
    },
    "service": {
        "pipelines": {
            signal: {"receivers": [str], "processors": [str], "exporters": [str]}
            for signal in ("traces", "metrics", "logs")
        },
        "telemetry": {
            "metrics": {"readers": [{"pull": {"exporter": {"prometheus": {"host": str, "port": int}}}}]}
        },
    },
}
TEMPO: dict[str, Any] = {
    "server": {"http_listen_port": int, "log_level": {"debug", "info", "warn", "error"}},
    "distributor": {"receivers": {"otlp": {"protocols": {"grpc": GRPC, "http": GRPC}}}},
    "ingester": {"lifecycler": {"min_ready_duration": str}},
    "compactor": {"compaction": {"block_retention": str}},
    "storage": {"trace": {"backend": {"local"}, "wal": {"path": str}, "local": {"path": str}}},
    "usage_report": {"reporting_enabled": bool},
}
LOKI: dict[str, Any] = {
    "auth_enabled": bool,
    "server": {"http_listen_port": int, "log_level": {"debug", "info", "warn", "error"}},
    "common": {
        "instance_addr": str,
        "path_prefix": str,
        "replication_factor": int,
        "ring": {"kvstore": {"store": {"inmemory"}}},
        "storage": {"filesystem": {"chunks_directory": str, "rules_directory": str}},
    },
    "ingester": {"lifecycler": {"min_ready_duration": str}},
    "schema_config": {
        "configs": [
            {
                "from": str,
                "store": {"tsdb"},
                "object_store": {"filesystem"},
                "schema": {"v13"},
                "index": {"prefix": str, "period": {"24h"}},
            }
        ]
    },
    "limits_config": {"retention_period": str},
    "compactor": {"retention_enabled": bool, "delete_request_store": {"filesystem"}},
    "analytics": {"reporting_enabled": bool},
}
# In these a key is `type` or `type/name`.
NAMED = {"receivers", "processors", "exporters", "pipelines"}
