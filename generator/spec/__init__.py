"""What the operator asked for: deployment.yaml as a typed value."""

from generator.spec.loading import LoadedSpec, load_spec, load_spec_text
from generator.spec.model import DeploymentSpec, MonitoringSpec, ReplicaSpec, SimulatorSpec

__all__ = [
    "DeploymentSpec",
    "LoadedSpec",
    "MonitoringSpec",
    "ReplicaSpec",
    "SimulatorSpec",
    "load_spec",
    "load_spec_text",
]
