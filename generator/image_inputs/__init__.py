"""What an image is built from, as files and as one digest: the same digest, the same image."""

from generator.image_inputs.recipe import Recipe, digest_of, input_files

__all__ = ["Recipe", "digest_of", "input_files"]
