"""How Sphinx builds these pages: ./inv docs"""

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

project = "benchmarks"
author = "the benchmarks authors"
copyright = f"2026, {author}"
version = release = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

extensions = ["myst_parser"]
# Headings are link targets, as on GitHub.
myst_heading_anchors = 4
exclude_patterns = ["_build"]
# It would make one long dash of the two hyphens of a flag.
smartquotes = False

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["pages.css"]
html_copy_source = False
html_show_sourcelink = False
# The pages load nothing from elsewhere, and read the same without a network.
html_theme_options = {"sidebar_hide_name": False, "navigation_with_keys": True}
