"""plan -> the text of every file, in memory."""

from generator.render.tree import RenderedTree, render

__all__ = ["RenderedTree", "render"]
