"""What the operator asked for: deployment.yaml as a typed value."""

from generator.spec.loading import LoadedSpec, load_spec, load_spec_text
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.monitoring import MonitoringSpec
from generator.spec.simulator import SimulatorSpec

__all__ = [
    "DeploymentSpec",
    "LoadedSpec",
    "MonitoringSpec",
    "ReplicaSpec",
    "SimulatorSpec",
    "load_spec",
    "load_spec_text",
]
