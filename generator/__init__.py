"""The kit: deployment.yaml -> spec -> plan -> rendered tree -> build/<project>/ -> runtime."""

__version__ = "0.1.0"
