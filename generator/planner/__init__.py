"""spec x facts -> plan. Pure: no file, no clock, no environment, no network."""

from generator.planner.deployment import plan_deployment

__all__ = ["plan_deployment"]
