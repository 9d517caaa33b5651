"""Output that nobody reads any more is dropped, and what is read is there at once."""

from __future__ import annotations

import os
import pickle
import pty
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from ansible.utils.display import Display
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.terminal import streams
from benchmarks.terminal.live_lines import Line
from tests.support import terminals


def test_output_to_a_terminal_that_is_gone_or_to_a_full_disk_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as gone, Path("/dev/full").open("w") as full:
        monkeypatch.setattr("sys.stdout", gone)
        monkeypatch.setattr("sys.stderr", full)
        streams.ignore_closed_output()
        os.close(ours)
        print("nobody reads this", flush=True)
        print("nor this", file=sys.stderr, flush=True)


def test_a_line_is_seen_at_once_also_where_it_is_piped(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as reader, os.fdopen(theirs, "w") as piped, Path("/dev/null").open("w") as nothing:
        monkeypatch.setattr("sys.stdout", piped)
        monkeypatch.setattr("sys.stderr", nothing)
        streams.ignore_closed_output()
        os.set_blocking(ours, False)
        sys.stdout.write("how far it is\n")
        assert reader.read1() == b"how far it is\n"
        sys.stdout.write("and what")
        assert reader.read1() == b"and what"


Written = Callable[[bytes], bytes]


@pytest.fixture(params=["utf-8", "latin-1", "ascii"])
def written(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Written]:
    """Shows bytes by Ansible's display, as from one of its workers, and gives what the standard output then has."""
    path = tmp_path_factory.mktemp("output") / "stdout"
    with path.open("w", encoding=request.param) as file:

        def write(log: bytes) -> bytes:
            # Here, since pytest sets it between a fixture and its test.
            if not isinstance(sys.stdout, streams.Output):
                monkeypatch.setattr("sys.stdout", file)
                streams.ignore_closed_output()
            os.truncate(path, 0)
            sys.stdout.seek(0)
            Display().display(pickle.loads(pickle.dumps(streams.carried(log))), newline=False)
            return path.read_bytes()

        yield write


@pytest.mark.parametrize(
    "log", [bytes(range(256)), b"a\r\nb\r\n", b"\xc3", b"\xed\xb0\x80", "é€\U0001f980\n".encode(), b"\n\n", b""]
)
def test_a_log_is_written_byte_for_byte(written: Written, log: bytes) -> None:
    assert written(log) == log


@given(st.binary())
def test_any_bytes_can_be_carried(log: bytes) -> None:
    text = streams.carried(log)
    assert bytes(ord(each) % 0x100 for each in text) == log
    assert "\r" not in text


def test_whether_a_line_has_ended_is_known(written: Written) -> None:
    assert not streams.is_within_line()
    written(b"one\ntwo")
    assert streams.is_within_line()
    written(b"")
    assert streams.is_within_line()
    written(b"\n")
    assert not streams.is_within_line()


def test_other_text_that_an_encoding_lacks_is_an_error_as_before(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with (tmp_path / "stdout").open("w", encoding="ascii") as file:
        monkeypatch.setattr("sys.stdout", file)
        streams.ignore_closed_output()
        with pytest.raises(UnicodeEncodeError):
            sys.stdout.write("é")


class Terminal:
    """A terminal that these standard streams write to, with lines of progress."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
        self._ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 80))
        self._theirs = os.fdopen(theirs, "w")
        for name in names:
            monkeypatch.setattr(sys, name, self._theirs)
        streams.ignore_closed_output()
        streams.show_lines()

    def shown(self) -> list[str]:
        """What is to be seen in the end."""
        self._theirs.close()
        said = b""
        with suppress(OSError):  # where it ends
            while more := os.read(self._ours, 65536):
                said += more
        return terminals.shown(said.decode().replace("\r\n", "\n"))


LINE = Line("i-1", "  … toolchain", ("i-1", "c7i.large", "eu-central-1a"))


def test_lines_of_progress_stay_below_what_is_written_to_either_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, "stdout", "stderr")
    Display().display(LINE.message, newline=False)
    Display().display("done")
    Display().display("not done", stderr=True)
    Display().display(replace(LINE, host="i-2").message, newline=False)
    Display().display("done too")
    below = ["i-1  c7i.large  … toolchain"] * 2
    assert terminal.shown() == ["done", "not done", "done too", *below]


def test_a_line_that_has_not_ended_is_not_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, "stdout", "stderr")
    for text in (LINE.message, "one ", LINE.message, "line", "\n"):
        Display().display(text, newline=False)
    assert terminal.shown() == ["one line", "i-1  c7i.large  … toolchain"]


def test_errors_that_go_elsewhere_leave_the_lines_alone(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal(monkeypatch, "stdout")
    Display().display(LINE.message, newline=False)
    print("not done", file=sys.stderr)
    assert terminal.shown() == ["i-1  c7i.large  … toolchain"]
    assert capfd.readouterr().err == "not done\n"
