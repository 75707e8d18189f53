"""What is wrong with a mention: one module a subject, each a function from mentions to findings."""
