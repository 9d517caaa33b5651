"""Lines of progress below the output of a terminal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.terminal import live_lines
from benchmarks.terminal.live_lines import ALL, Line, Lines
from tests.support import terminals

FIRST = Line("i-1", "  … toolchain", ("i-0123456789abcdef0", "c7i.2xlarge", "eu-central-1a"))
SECOND = Line("host-5", "  waits", ("host-5", "m7g.large", ""))


@given(st.text(), st.text(), st.none() | st.lists(st.text()))
def test_a_line_is_carried_by_a_text_on_one_line(host: str, text: str, label: list[str] | None) -> None:
    line = Line(host, text, label)
    assert live_lines.read(line.message) == line
    assert not {"\n", "\r"} & {*line.message}


@pytest.mark.parametrize("text", ["", "  done", "\x1b[2K", FIRST.message[1:], FIRST.message + "\n"])
def test_any_other_text_is_no_line(text: str) -> None:
    assert live_lines.read(text) is None


def test_labels_are_aligned_and_the_zone_is_left_out_where_there_is_little_room() -> None:
    assert live_lines.laid_out([FIRST, SECOND], 120, 24) == [
        "i-0123456789abcdef0  c7i.2xlarge  eu-central-1a  … toolchain",
        "host-5               m7g.large                   waits",
    ]
    assert live_lines.laid_out([FIRST, SECOND], 80, 24) == [
        "i-0123456789abcdef0  c7i.2xlarge  … toolchain",
        "host-5               m7g.large    waits",
    ]


def test_a_line_fits_the_terminal_and_hosts_that_do_not_are_counted() -> None:
    assert live_lines.laid_out([Line(ALL, "測定" * 50)], 12, 24) == ["測定測定測…"]
    lines = [Line(f"i-{n}", f"  {n}", (f"i-{n}", "c7i.large", "a")) for n in range(9)]
    assert live_lines.laid_out(lines, 80, 9)[-2:] == ["i-6  c7i.large  6", "  … and 2 more hosts"]
    assert len(live_lines.laid_out(lines, 80, 10)) == 9
    assert len(live_lines.laid_out(lines, 80, 1)) == 1


def waiting(*numbers: int) -> list[Line]:
    return [Line(f"host-{n}", "  waits", (f"host-{n}", "m7g.large", ""), "wait for it") for n in numbers]


def test_hosts_that_do_nothing_yet_are_told_after_the_others_and_together() -> None:
    assert live_lines.laid_out([*waiting(1), FIRST], 80, 24) == [
        "i-0123456789abcdef0  c7i.2xlarge  … toolchain",
        "host-1               m7g.large    waits",
    ]
    assert live_lines.laid_out([*waiting(1), FIRST, *waiting(3, 4)], 80, 24) == [
        "i-0123456789abcdef0  c7i.2xlarge  … toolchain",
        "3 hosts wait for it: host-1, host-3, host-4",
    ]
    assert live_lines.laid_out(waiting(*range(1, 9)), 40, 24) == ["8 hosts wait for it: host-1, host-2, h…"]


def test_where_rows_are_few_those_that_work_are_shown_and_all_others_counted() -> None:
    lines = [*waiting(1, 2), *(Line(f"i-{n}", f"  {n}", (f"i-{n}", "c7i.large", "a")) for n in range(5))]
    assert live_lines.laid_out(lines, 80, 5) == [
        *(f"i-{n}  c7i.large  {n}" for n in range(3)),
        "  … and 4 more hosts",
    ]


def drawn(lines: Lines, *taken: Line) -> list[str]:
    text = ""
    for line in taken:
        lines.take(line)
        text += lines.erase() + lines.draw(120, 24)
    return terminals.shown(text)


def test_a_line_takes_the_place_of_the_one_before() -> None:
    more = Line("i-1", "  0:05 building")
    assert drawn(Lines(), FIRST, SECOND, more) == [
        "i-0123456789abcdef0  c7i.2xlarge  eu-central-1a  0:05 building",
        "host-5               m7g.large                   waits",
    ]
    assert drawn(Lines(), FIRST, SECOND, Line("i-1", "")) == ["host-5  m7g.large    waits", ""]


def test_what_is_said_of_the_only_host_takes_the_place_of_the_stage() -> None:
    stage, more = Line(ALL, "… benchmark"), Line("i-1", "  0:05 building")
    assert drawn(Lines(), stage, more) == ["  0:05 building"]
    assert drawn(Lines(), stage, more, Line("i-1", "")) == [""]
