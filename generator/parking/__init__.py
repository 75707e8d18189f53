"""Replicas that nobody needs for a while are stopped, and started again when requests wait (docs/parking.md)."""
