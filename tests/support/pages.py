"""The Markdown pages of the repository as data: blocks of code, commands in them, links, headings."""

from __future__ import annotations

import re
import shlex
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from benchmarks.paths import ROOT

SHELL = ("sh", "console")
# run: the tests run it against a sandbox; aws: costs money; by-hand: needs time, or something of the reader's own.
MARKS = ("run", "aws", "by-hand")
TOOLS = ("./inv", "ansible-playbook")


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, its language, the words after the language, and its text."""

    page: Path
    line: int
    language: str
    marks: tuple[str, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def _mark(self, name: str) -> str | None:
        return next((mark.removeprefix(f"{name}=") for mark in self.marks if mark.startswith(f"{name}=")), None)

    @property
    def exit_code(self) -> int:
        """What its last command is to end with."""
        return int(self._mark("exit") or 0)

    @property
    def file(self) -> str | None:
        """The file as which the reader saves it."""
        return self._mark("save")

    @property
    def script(self) -> str:
        """What the reader would type."""
        if self.language != "console":
            return self.text
        return "".join(line[2:] for line in self.text.splitlines(keepends=True) if line.startswith(("$ ", "> ")))

    @property
    def shown(self) -> tuple[str, ...]:
        """The lines of output that the page shows."""
        if self.language != "console":
            return ()
        return tuple(line for line in self.text.splitlines() if line.strip() and not line.startswith(("$ ", "> ")))


def pages() -> list[Path]:
    return sorted([*ROOT.glob("*.md"), *(path for path in (ROOT / "docs").rglob("*.md") if "_build" not in path.parts)])


def _tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text())


def blocks(page: Path) -> Iterator[Block]:
    for token in _tokens(page):
        if token.type == "fence":
            language, *marks = token.info.split() or [""]
            yield Block(page, (token.map or [0])[0] + 1, language, tuple(marks), token.content)
        elif token.type == "code_block":
            yield Block(page, (token.map or [0])[0] + 1, "", (), token.content)


def _inline(page: Path) -> Iterator[Token]:
    for token in _tokens(page):
        yield from token.children or []


def inline_code(page: Path) -> Iterator[str]:
    yield from (token.content for token in _inline(page) if token.type == "code_inline")


def links(page: Path) -> Iterator[str]:
    """Where the page's links and pictures lead."""
    for token in _inline(page):
        target = token.attrs.get("href") or token.attrs.get("src")
        if target:
            yield str(target)


def quotations(page: Path) -> Iterator[str]:
    """The texts of the page's block quotes."""
    inside = False
    for token in _tokens(page):
        if token.type in ("blockquote_open", "blockquote_close"):
            inside = token.type == "blockquote_open"
        elif inside and token.type == "inline":
            yield " ".join(token.content.split())


def _slug(title: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    kept = "".join(c for c in title.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
    return kept.strip().replace(" ", "-")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings; of those that are there twice, the later ones have a number."""
    found: list[str] = []
    tokens = _tokens(page)
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            title = "".join(t.content for t in content.children or [] if t.type in ("text", "code_inline"))
            slug = _slug(title)
            again = sum(1 for known in found if re.fullmatch(rf"{re.escape(slug)}(-\d+)?", known))
            found.append(f"{slug}-{again}" if again else slug)
    return set(found)


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.wordchars += "@:,+%{}[]$…^!"
    return list(lexer)


def commands(script: str) -> Iterator[list[str]]:
    """The calls of this project's own tools in a shell script, as words; those inside $(…) too."""
    open_quotation = ""
    for line in script.replace("\\\n", " ").splitlines():
        text = open_quotation + line
        try:
            found = _words(text)
        except ValueError:
            open_quotation = text + "\n"
            continue
        open_quotation = ""
        words: list[str] = []
        for word in [*found, ";"]:
            if set(word) <= set("();<>|&"):
                yield from [words] if words and words[0] in TOOLS else []
                words = []
            else:
                words.append(word)
                if inner := re.search(r"\$\((.*)\)", word):
                    yield from commands(inner[1])
    if open_quotation:
        raise ValueError(f"no closing quotation: {open_quotation}")
