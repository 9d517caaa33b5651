"""Lines of a log, as a terminal shows them."""

from __future__ import annotations

import io

import pytest

from benchmarks.readers import log_lines
from benchmarks.readers.log_lines import Line


def texts(content: bytes) -> list[str]:
    return [line.text for line in log_lines.lines(io.BytesIO(content))]


def test_a_line_has_its_place_in_the_file() -> None:
    assert list(log_lines.lines(io.BytesIO("µs\r\nb\nc".encode()))) == [
        Line("µs", 0, 5),
        Line("b", 5, 7),
        Line("c", 7, 8),
    ]


@pytest.mark.parametrize("empty", [b"", b"\xff\xfe", b"\xef\xbb\xbf"], ids=["nothing", "UTF-16", "UTF-8"])
def test_an_empty_log_has_no_text(empty: bytes) -> None:
    assert "".join(texts(empty)) == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_micro_sign_is_read_in_every_encoding_that_logs_have(encoding: str, end: str) -> None:
    assert texts(f"a 1 µs{end}b{end}".encode(encoding)) == ["a 1 µs", "b"]


def test_one_byte_in_another_encoding_spoils_no_other() -> None:
    assert texts("café ".encode() + b"\xb5s \xe4\n") == ["café µs ä"]


@pytest.mark.parametrize(
    "line", [b"\x1b[32mmul\x1b[0m", b"Benchmarking mul\rmul", b" 7 %\r\x1b[2Kmul", b"\x1b]0;window\x07mul", b"mul\r"]
)
def test_only_what_a_terminal_shows_is_read(line: bytes) -> None:
    assert texts(line + b"\n") == ["mul"]


def test_of_an_endless_line_only_the_end_is_kept() -> None:
    progress = b"".join(b"%9d %%\r" % percent for percent in range(200_000))
    assert texts(progress + b"mul 1 ns\nadd\n") == ["mul 1 ns", "add"]
    (line,) = texts(b"x" * (3 * log_lines.LONGEST))
    assert len(line) == log_lines.LONGEST
