"""Text that others wrote, read with the place of every word: shell, YAML, Markdown, NGINX, Dockerfiles.

What is found is handed on in a few shapes (`Word`, `ShellCommand`, `EngineCommand`, `Node`), which `lint` judges
and `importing` translates. Nothing is executed or expanded, and nothing raises on odd input unless it says so.
"""
