"""What the private engine runs for each container: an OCI runtime around runc, with simulated GPUs.

The scripts run outside the virtual environment, as files copied beside the engine's socket: standard library only.
"""
