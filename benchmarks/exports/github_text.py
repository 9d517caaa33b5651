"""Text in Markdown for GitHub, in which nothing of what was measured is taken for markup."""

from __future__ import annotations

import re
from collections.abc import Sequence

from benchmarks.exports import benchmark_names

# Whatever could be markup, also of GitHub's own, or end a cell: punctuation but for what ids often have, underscores
# that are not within a word, and the dot that makes a link.
_MARKUP = re.compile(r"[^\w /.,=()+-]|(?<![^\W_])_+|_+(?![^\W_])|(?<=www)\.", re.IGNORECASE)
_NOT_BETWEEN_BACKTICKS = re.compile(r"[`|\\]")


def line(cells: Sequence[str]) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """A name as code, in which GitHub looks for no mentions, references or links; empty for an empty one."""
    visible = benchmark_names.visible(text)
    if _NOT_BETWEEN_BACKTICKS.search(visible):
        return f"<code>{escaped(text)}</code>"
    return f"`{visible}`" if text else ""


def escaped(text: str) -> str:
    """A text on one line, with character references for what could be markup."""
    visible = benchmark_names.visible(text)
    return _MARKUP.sub(lambda found: "".join(f"&#{ord(character)};" for character in found.group()), visible)
