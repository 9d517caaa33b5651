"""The scripts and styles that a page contains: the library for plots, and this package's own files."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from benchmarks import bootstrap, hints
from benchmarks.errors import FailedError

DIRECTORY = Path(__file__).parent / "assets"
STYLE = "page.css"
# In the order in which they are loaded; later ones use what earlier ones define.
SCRIPTS = (
    "page_data.js",
    "elements.js",
    "drawing.js",
    "table.js",
    "overview_plots.js",
    "detail_plots.js",
    "family_plots.js",
    "main.js",
)


@dataclass(frozen=True)
class Script:
    """A script, with the licence that has to accompany it; empty for the project's own."""

    text: str
    licence: str = ""

    @property
    def source(self) -> str:
        return _source(self.text)


@dataclass(frozen=True)
class Assets:
    style: str
    scripts: tuple[Script, ...]

    @property
    def style_source(self) -> str:
        return _source(self.style)


def read() -> Assets:
    """Raises FailedError if the library is not there, or is another version than the one that is wanted."""
    return Assets(
        style=_own(STYLE),
        scripts=(*_library(bootstrap.PLOT_LIBRARY), *(Script(_own(name)) for name in SCRIPTS)),
    )


def _own(name: str) -> str:
    return (DIRECTORY / name).read_text(encoding="utf-8")


def _library(directory: Path) -> tuple[Script, ...]:
    stamp = directory / ".stamp"
    if not stamp.is_file() or stamp.read_text() != repr(bootstrap.PLOT_PACKAGES):
        raise FailedError(
            f"The library for the plots of pages is missing or outdated in {directory}: remove {bootstrap.VENV}, then "
            f"run {hints.command_line('--list')}, which sets it up again."
        )
    scripts = []
    for package in bootstrap.PLOT_PACKAGES:
        script, licence = ((directory / name).read_text(encoding="utf-8") for name in package.files)
        scripts.append(Script(script, licence))
    return tuple(scripts)


def _source(text: str) -> str:
    """The text as a source in a Content Security Policy: https://www.w3.org/TR/CSP3/#grammardef-hash-source"""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
