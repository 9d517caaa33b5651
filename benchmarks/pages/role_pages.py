"""The README of each role, generated from its argument specs: what it does and its variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from benchmarks.paths import ROOT
from benchmarks.runs.records import Values

ROLES = ROOT / "roles"


def roles() -> list[str]:
    return sorted(path.name for path in ROLES.iterdir() if path.is_dir())


def readme(role: str) -> Path:
    return ROLES / role / "README.md"


def page(role: str) -> str:
    """The whole README, in Markdown."""
    entries = yaml.safe_load((ROLES / role / "meta/argument_specs.yml").read_text())["argument_specs"]
    parts = [f"# {role}", "<!-- Made from meta/argument_specs.yml by ./inv generate. -->"]
    for name, entry in entries.items():
        parts += [f"## {name}"] if len(entries) > 1 else []
        parts += _entry(entry)
    return "\n\n".join(parts) + "\n"


def _entry(entry: Values) -> Iterator[str]:
    yield f"{entry['short_description'].rstrip('.')}."
    description = entry.get("description", [])
    yield from [description] if isinstance(description, str) else description
    if entry["options"]:
        yield "\n".join(("| Variable | Type | Default | |", "|---|---|---|---|", *_rows(entry["options"])))


def _rows(options: Mapping[str, Values]) -> Iterator[str]:
    for name, option in options.items():
        default = "required" if option.get("required") else _shown(option.get("default"))
        choices = f" One of {', '.join(map(str, option['choices']))}." if "choices" in option else ""
        yield f"| `{name}` | {option['type']} | {default} | {' '.join(option['description'].split())}{choices} |"


def _shown(default: object) -> str:
    return "" if default is None else f"`{str(default).lower() if isinstance(default, bool) else default}`"
