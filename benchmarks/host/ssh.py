"""Quotes paths for ssh's options, in which ssh splits at spaces and expands some characters.

ssh_config(5): quotes in "DESCRIPTION", percent signs in "TOKENS", ${} in "ENVIRONMENT VARIABLES".
"""

from __future__ import annotations

import re

from benchmarks.errors import RefusedError
from benchmarks.text import is_single_line

# Cannot be escaped in every version of ssh, or in the quotes that Ansible puts around a key's path.
_UNWRITABLE = {'"': "a double quote", "\\": "a backslash", "${": "${"}
_PLAIN = re.compile(r"[\w@%+=:,./-]+")


def literal(path: str) -> str:
    """Escape `path` so that ssh expands nothing in it. Raises RefusedError for a path that cannot be given to ssh."""
    found = [what for part, what in _UNWRITABLE.items() if part in path]
    if not is_single_line(path):
        found.append("a control character")
    if found:
        raise RefusedError(
            f"ssh cannot be given the path {path!r}, since it has {' and '.join(found)}: use a path without, for the "
            f"runs directory by --runs-dir, for a key by --key-file."
        )
    return path.replace("%", "%%")


def option(name: str, path: str) -> str:
    """The argument of `-o` that sets option `name` to `path`, quoted if needed. Raises RefusedError like `literal`."""
    value = literal(path)
    return f"{name}={value}" if _PLAIN.fullmatch(value) else f'{name}="{value}"'
