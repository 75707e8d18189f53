"""What people and machines look at after a run: HTML, Markdown, JUnit.

summary + verdict -> figures (charts as data) -> draw (SVG) -> page (one self-contained HTML file)
"""
