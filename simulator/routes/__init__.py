"""What the server answers, a module per family of routes."""
