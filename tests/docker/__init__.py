"""A private Docker engine for tests, with stand-ins for the images that a deployment names and simulated GPUs."""
