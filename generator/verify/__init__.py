"""Does the edge change what clients see? The same prompts direct and through it, compared chunk by chunk."""
