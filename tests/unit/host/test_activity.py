"""When parts of a log were written, as the notes on its size tell."""

from __future__ import annotations

import itertools
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import activity
from benchmarks.host.activity import Look, Span

START = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)


def look(second: float, size: int, steal: int = 0, total: int = 0) -> Look:
    return Look(START + timedelta(seconds=second), size, steal, total)


LOOKS = (look(0, 100, 5, 1000), look(3, 150, 5, 1300), look(9, 180, 65, 1900), look(10, 180, 65, 2000))


def test_looks_are_read_as_they_were_noted() -> None:
    assert activity.read("1779178512.125 4096 7 123456\n1779178513.126 5000 8 123556\n") == (
        Look(datetime(2026, 5, 19, 8, 15, 12, 125000, tzinfo=UTC), 4096, 7, 123456),
        Look(datetime(2026, 5, 19, 8, 15, 13, 126000, tzinfo=UTC), 5000, 8, 123556),
    )


@pytest.mark.parametrize(
    "damaged",
    [
        *("", "\n", "1779178512.125 4096 7\n", "1779178512.125 4096 7 1 2\n", "1779178512 4096 7 1\n", "x 1 2 3\n"),
        *("1779178512.125 -1 7 1\n", " 1779178512.125 1 2 3\n", f"1779178512.125 {'9' * 5000} 2 3\n", "\0\0\0\n"),
    ],
)
def test_damaged_lines_are_left_out(damaged: str) -> None:
    whole = "1779178513.126 5000 8 123556\n"
    assert len(activity.read(damaged + whole)) == 1
    assert len(activity.read(whole + damaged)) == 1


def test_a_line_that_is_not_finished_is_left_out() -> None:
    assert activity.read("1779178513.126 5000 8 1235") == ()


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    assert len(activity.read(text)) <= text.count("\n")


def test_a_part_lasts_from_the_look_that_finds_its_first_byte_to_the_one_that_finds_its_last() -> None:
    assert activity.between(LOOKS, 100, 180) == Span(LOOKS[1].at, LOOKS[2].at, 60 / 600)
    assert activity.between(LOOKS, 149, 151) == Span(LOOKS[1].at, LOOKS[2].at, 60 / 600)


def test_a_part_that_one_look_finds_whole_takes_no_time_and_has_no_steal() -> None:
    assert activity.between(LOOKS, 110, 140) == Span(LOOKS[1].at, LOOKS[1].at, None)


@pytest.mark.parametrize(("begin", "end"), [(0, 120), (99, 120), (120, 181), (200, 300), (150, 150), (160, 150)])
def test_what_was_not_watched_and_what_is_no_part_has_no_times(begin: int, end: int) -> None:
    assert activity.between(LOOKS, begin, end) is None


def test_without_looks_there_are_no_times() -> None:
    assert activity.between((), 0, 1) is None


@pytest.mark.parametrize("later", [look(9, 180, 1, 10), look(9, 180, 4, 1900), look(9, 180, 2000, 1900)])
def test_the_share_of_steal_is_not_known_if_counting_began_anew(later: Look) -> None:
    span = activity.between((look(0, 0), look(3, 150, 5, 1300), later), 0, 180)
    assert span == Span(START + timedelta(seconds=3), START + timedelta(seconds=9), None)


@st.composite
def writings(draw: st.DrawFn) -> list[tuple[int, int]]:
    """When a log was written, and how many bytes at a time: milliseconds and bytes, in order."""
    pauses = draw(st.lists(st.tuples(st.integers(1, 9000), st.integers(1, 100)), min_size=1, max_size=30))
    times = itertools.accumulate(pause for pause, _ in pauses)
    return list(zip(times, (size for _, size in pauses), strict=True))


def watch(written: Sequence[tuple[int, int]]) -> list[Look]:
    """What a watcher notes that looks each second, at the start and, when all was written, at the end."""
    end = written[-1][0] + 1
    noted: list[Look] = []
    for tick in [*range(0, end, 1000), end]:
        size = sum(length for at, length in written if at <= tick)
        if not noted or noted[-1].size != size or tick == end:
            noted.append(look(tick / 1000, size, tick // 100, tick // 10))
    return noted


@given(writings(), st.data())
def test_times_are_at_most_a_second_late_and_never_early(written: list[tuple[int, int]], data: st.DataObject) -> None:
    size = sum(length for _, length in written)
    begin = data.draw(st.integers(0, size - 1))
    end = data.draw(st.integers(begin + 1, size))
    at = [START + timedelta(milliseconds=at) for at, length in written for _ in range(length)]

    span = activity.between(watch(written), begin, end)

    assert span
    for told, true in ((span.started, at[begin]), (span.ended, at[end - 1])):
        assert timedelta(0) <= told - true <= timedelta(seconds=1)
    assert span.started <= span.ended
    assert span.steal is None or span.steal == pytest.approx(0.1, abs=0.1)


@given(writings(), st.data())
def test_parts_that_follow_each_other_do_not_overlap(written: list[tuple[int, int]], data: st.DataObject) -> None:
    size = sum(length for _, length in written)
    a, b, c, d = sorted(data.draw(st.lists(st.integers(0, size), min_size=4, max_size=4)))
    looks = watch(written)
    first, second = activity.between(looks, a, b), activity.between(looks, c, d)
    assert first is None or second is None or first.ended <= second.started


def run_watched(tmp_path: Path, python: str, watcher: str, *argv: str, shell: str = "/bin/sh") -> tuple[int, str, str]:
    """The exit status of a command beside a watcher, and its output."""
    _, *words = activity.watched(argv, python, watcher, str(tmp_path / "a log"), str(tmp_path / "notes"))
    done = subprocess.run([shell, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout, done.stderr


def test_a_command_gets_its_words_and_keeps_its_output_and_its_status(tmp_path: Path) -> None:
    script = 'printf "%s|" "$@"; echo oh >&2; exit 7'
    done = run_watched(tmp_path, sys.executable, "print('seen')", "sh", "-c", script, "sh", "a  b", "$1")
    assert done == (7, "a  b|$1|", "oh\n")


def test_the_watcher_is_told_its_parents_process_and_the_files(tmp_path: Path) -> None:
    watcher = """
import os, pathlib, sys
pathlib.Path(sys.argv[3]).write_text(f"{os.getppid() == int(sys.argv[1])} {sys.argv[2]}")
"""
    assert run_watched(tmp_path, sys.executable, watcher, "true") == (0, "", "")
    assert (tmp_path / "notes").read_text() == f"True {tmp_path}/a log"


def test_no_command_starts_before_the_watcher_has_closed_its_output(tmp_path: Path) -> None:
    watcher = """
import os, pathlib, sys, time
time.sleep(0.5)
pathlib.Path(sys.argv[3]).write_text("ready")
os.close(1)
time.sleep(60)
"""
    assert run_watched(tmp_path, sys.executable, watcher, "cat", str(tmp_path / "notes")) == (0, "ready", "")
    assert [path.name for path in tmp_path.iterdir()] == ["notes"]


def test_the_watchers_last_note_is_waited_for(tmp_path: Path) -> None:
    watcher = """
import os, pathlib, signal, sys, time
def end(*_):
    time.sleep(0.5)
    notes.write_text("last")
    sys.exit()
notes = pathlib.Path(sys.argv[3])
signal.signal(signal.SIGTERM, end)
notes.write_text("first")
os.close(1)
while True:
    time.sleep(0.01)
"""
    run_watched(tmp_path, sys.executable, watcher, "true")
    assert (tmp_path / "notes").read_text() == "last"


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
@pytest.mark.parametrize(
    ("python", "watcher"),
    [("/no/such/python", ""), (sys.executable, "this is no program"), ("/bin/sh", ""), ("/bin/sleep", "")],
)
def test_a_command_runs_all_the_same_where_no_watcher_can(
    tmp_path: Path, shell: str, python: str, watcher: str
) -> None:
    done = run_watched(tmp_path, python, watcher, "sh", "-c", "echo measured; exit 3", shell=shell)
    assert done == (3, "measured\n", "")


@pytest.mark.parametrize("shell", ["/bin/sh", "/bin/bash"])
def test_a_watcher_that_is_killed_leaves_no_word_in_the_log(tmp_path: Path, shell: str) -> None:
    watcher = "import os, pathlib, sys; pathlib.Path(sys.argv[3]).write_text('killed'); os.kill(os.getpid(), 9)"
    script = f'while ! [ -s "{tmp_path}/notes" ]; do sleep 0.02; done; echo measured'
    assert run_watched(tmp_path, sys.executable, watcher, "sh", "-c", script, shell=shell) == (0, "measured\n", "")
