"""From text to mentions: one module a language, all of them pure."""
