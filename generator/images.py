"""The images a deployment pulls: one place for every name and tag, never `latest`."""

from __future__ import annotations

from generator import __version__

SGLANG_VERSION = "0.5.23"
SGLANG = f"lmsysorg/sglang:v{SGLANG_VERSION}"
SGLANG_CPU = f"lmsysorg/sglang:v{SGLANG_VERSION}-xeon"

# The first NGINX with `sticky` in the open-source build is 1.29.6; 1.30 is the stable branch that has it.
NGINX_VERSION = "1.30.6"
NGINX = f"nginx:{NGINX_VERSION}"

PROMETHEUS = "prom/prometheus:v3.5.3"
GRAFANA = "grafana/grafana:12.2.0"

# The releases of Dynamo's deploy/docker-observability.yml (ai-dynamo/dynamo), the collector in the distribution that has
# a syslog receiver. Later images of Tempo and Loki have nothing that a health check could ask with.
COLLECTOR = "otel/opentelemetry-collector-contrib:0.120.0"
TEMPO = "grafana/tempo:2.8.2"
LOKI = "grafana/loki:3.5.0"
NATS_EXPORTER = "natsio/prometheus-nats-exporter:0.17.3"
GPU_EXPORTER = "nvidia/dcgm-exporter:4.2.3-4.1.3-ubi9"

# What the router's programs are in the host runtime too: requirements/router.lock and smg.lock.
ROUTER = "lmsysorg/sgl-model-gateway:v0.3.2"
SMG = "lightseekorg/smg:1.13.0"

# Frontend and workers of Dynamo, with an SGLang of its own, and what is in requirements/dynamo.lock. Public files name
# plain tags up to 1.5.1; `make doctor` asks the registry.
DYNAMO_VERSION = "1.6.1"
DYNAMO = f"nvcr.io/nvidia/ai-dynamo/sglang-runtime:{DYNAMO_VERSION}"
ETCD = "quay.io/coreos/etcd:v3.6.8"
NATS = "nats:2.12.1-alpine"

# The kit's own image (simulator, CLI); built from the Dockerfile of this repository, never pulled.
KIT = f"sglbox/kit:{__version__}"

INPUTS_LABEL = "sglbox.inputs"
"""Of every image that is built here: the digest of its inputs."""

_MOVING = ("latest", "dev", "nightly")


def names_version(image: str) -> bool:
    """Whether a reference has a digest, or a tag that is not one of those that move."""
    name, _, digest = image.partition("@")
    tag = name.rpartition("/")[2].partition(":")[2]
    return bool(digest) or (tag != "" and not tag.startswith(_MOVING))
