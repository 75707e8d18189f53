"""The host's fitness for one deployment: each check says what it found, what is needed, what to do.

A check is one small file: a function of facts and plan, with a thin probe where the facts do not tell. Checks
change nothing. Most of them concern one runtime or engine only and say nothing about the others.
"""
