"""A reader who follows a page: types its commands in a shell of its own and compares what it shows."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests.support.pages import Block

PATIENCE = 1800  # seconds for a page; it may build a crate on a busy machine


def follow(page: Sequence[Block], directory: Path, environment: Mapping[str, str]) -> None:
    """Do what a page says: save its files, run its blocks in one shell, in order.

    Fails at the first block that ends with another code, or does not say what the page shows.
    """
    script = ["set -eu -o pipefail", "exec 3>&1"]
    runs = [block for block in page if "run" in block.marks]
    for number, block in enumerate(page):
        if name := block.file:
            (directory / name).write_text(block.text)
        if "run" in block.marks:
            script += [f"exec >{number}.out 2>&1", "set +e", f"{{\n{block.script}\n}}", "code=$?", "set -e"]
            script += [f'[ "$code" = {block.exit_code} ] || {{ echo {shlex.quote(str(block))} $code >&3; exit 1; }}']
    shell = subprocess.Popen(
        ["bash", "-c", "\n".join(script)],
        cwd=directory,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = shell.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        # So the tool ends what it has launched.
        os.killpg(shell.pid, signal.SIGTERM)
        said, _ = shell.communicate()
    outputs = {number: directory / f"{number}.out" for number, block in enumerate(page) if block in runs}
    written = {number: path.read_text() for number, path in outputs.items() if path.exists()}
    if shell.returncode:
        last = max(written)
        pytest.fail(f"{said.strip() or page[last]}: not what the page says:\n{written[last]}")
    for number, output in written.items():
        if missing := next(absent(page[number].shown, output), None):
            pytest.fail(f"{page[number]} shows {missing!r}, which does not come:\n{output}")


def _pattern(line: str) -> re.Pattern[str]:
    """A shown line with any blanks between its words, anything for `…`, and any times: they are another machine's."""
    words = re.split(r"\s+", re.sub(r"\d[\d.]* (ns|µs|ms|s)\b", "TIME", line.strip()))
    pattern = " ".join(map(re.escape, words)).replace("…", ".*")
    return re.compile(pattern.replace("TIME", r"\d[\d.]* (ns|µs|ms|s)\b"))


def absent(shown: Sequence[str], output: str) -> Iterator[str]:
    """The shown lines that the output does not have in this order; a line with nothing but `…` stands for any lines."""
    lines = iter(output.splitlines())
    for line in shown:
        if line.strip() == "…":
            continue
        pattern = _pattern(line)
        if not any(pattern.search(" ".join(candidate.split())) for candidate in lines):
            yield line


def write_tools(directory: Path, root: Path, *flags: str) -> None:
    """Put tools into a reader's directory that are the repository's, with runs that stay in that directory.

    `flags` are those that a sandbox needs and AWS does not.
    """
    runs = ("--runs-dir", "$PWD/runs")
    words = {"bench": [*runs, *flags], "bench.setup": runs, "bench.terminate": runs}
    cases = "".join(
        f'    {task}) set -- "$@" {" ".join(f"{chr(34)}{word}{chr(34)}" for word in more)} ;;\n'
        for task, more in words.items()
    )
    before = {"inv": f'case "$1" in\n{cases}esac\n', "benchmarks.sh": ""}
    for name, lines in before.items():
        (directory / name).write_text(f'#!/bin/sh\n{lines}exec {shlex.quote(str(root / name))} "$@"\n')
        (directory / name).chmod(0o755)


def path_of(*directories: Path) -> str:
    return os.pathsep.join([*map(str, directories), os.environ["PATH"]])
