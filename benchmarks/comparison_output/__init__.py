"""Comparisons as text: on a terminal, as JSON, and in Markdown for GitHub. Pure functions."""
