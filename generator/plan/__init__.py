"""The plan: everything decided, nothing executed."""

from generator.plan.model import DeploymentPlan

__all__ = ["DeploymentPlan"]
