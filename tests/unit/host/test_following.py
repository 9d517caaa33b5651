"""What is shown of a build or a measurement while it runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from benchmarks.host import progress
from benchmarks.host.following import Follower, Screen
from benchmarks.host.progress import BUILD, MEASURE


class Terminal:
    """What is shown, the line of progress as it is rewritten, and a clock that each look moves on."""

    def __init__(self, *, rewrite: bool, raw: bool = False, label: str = "", hosts: int = 1) -> None:
        self.shown: list[str] = []
        self.progress: list[str] = []
        self.written: list[bytes] = []
        self.screen = Screen(
            self.shown.append,
            self.progress.append if rewrite else None,
            self.written.append if raw else None,
            label,
            hosts,
        )
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def follow(
        self, step: progress.Step, logs: Iterator[bytes] | list[bytes], *, seconds: float, tail: bool = False
    ) -> Follower:
        follower = Follower(step, 0, tail, self.screen, self.now)
        before = b""
        for log in logs:
            follower.see(log.removeprefix(before))
            before = log
            self.time += seconds
        return follower


def test_the_clock_runs_whatever_the_log_says() -> None:
    terminal = Terminal(rewrite=True)
    terminal.follow(MEASURE, [b"", b"round 1\n", b"round 1\n"], seconds=5)
    assert terminal.progress == ["  0:00 measuring", "  0:05 measuring: round 1", "  0:10 measuring: round 1"]
    assert terminal.shown == []


def test_a_line_is_written_over_once_a_second_at_most() -> None:
    terminal = Terminal(rewrite=True)
    terminal.follow(BUILD, [b""] * 10, seconds=0.25)
    assert [text[-13:] for text in terminal.progress] == ["0:00 building", "0:01 building", "0:02 building"]


def test_without_a_terminal_a_line_comes_every_half_minute() -> None:
    terminal = Terminal(rewrite=False)
    terminal.follow(MEASURE, [b"running 2 tests\n"] * 14, seconds=5)
    assert terminal.shown == ["  0:30 measuring: running 2 tests", "  1:00 measuring: running 2 tests"]


def test_without_a_terminal_several_hosts_say_no_more_than_one_and_which_they_are() -> None:
    terminal = Terminal(rewrite=False, label="i-1 c7i.large", hosts=4)
    terminal.follow(MEASURE, [b""] * 60, seconds=5)
    assert terminal.shown == ["i-1 c7i.large  2:00 measuring", "i-1 c7i.large  4:00 measuring"]


def test_the_tail_is_the_log_itself_line_by_line() -> None:
    terminal = Terminal(rewrite=False)
    terminal.follow(MEASURE, [b"one\ntw", b"one\ntwo\nthr"], seconds=5, tail=True).finish()
    assert terminal.shown == ["one", "two", "thr"]


@pytest.mark.parametrize("raw", [False, True])
def test_the_tail_of_one_of_several_hosts_is_whole_lines_that_say_which_it_is(raw: bool) -> None:
    terminal = Terminal(rewrite=False, raw=raw, label="i-1 c7i.large")
    terminal.follow(MEASURE, [b"one\ntw", b"one\ntwo\nthr"], seconds=5, tail=True).finish()
    lines = ["i-1 c7i.large | one", "i-1 c7i.large | two", "i-1 c7i.large | thr"]
    assert b"".join(terminal.written) == ("".join(f"{line}\n" for line in lines).encode() if raw else b"")
    assert terminal.shown == ([] if raw else lines)


def test_the_log_takes_the_place_of_the_line_of_progress_once() -> None:
    terminal = Terminal(rewrite=True)
    terminal.follow(MEASURE, [b"", b"one\n", b"one\ntwo\n"], seconds=5, tail=True)
    assert (terminal.progress, terminal.shown) == ([""], ["one", "two"])


def test_a_measuring_host_is_looked_at_less_often() -> None:
    screen = Terminal(rewrite=True).screen
    assert [Follower(step, 0, False, screen).wait for step in (BUILD, MEASURE)] == [1.0, 5.0]
    assert [Follower(MEASURE, 0, False, screen).pause(5.0, whole) for whole in (True, False)] == [0.1, 0.1]


def test_a_log_that_is_shown_is_asked_for_a_few_times_a_second_at_most_and_never_while_it_is_quiet() -> None:
    tail = Follower(MEASURE, 0, True, Terminal(rewrite=True).screen)
    assert tail.wait >= 10
    assert [tail.pause(seconds, True) for seconds in (0.0, 0.25, 9.9)] == [0.3, 0.1, 0.1]


def test_what_is_left_of_a_long_log_is_asked_for_at_once() -> None:
    assert Follower(MEASURE, 0, True, Terminal(rewrite=True).screen).pause(0.5, False) == 0


def test_the_pace_and_an_earlier_run_tell_how_much_longer_it_takes() -> None:
    names = [f"Benchmarking fft/{number}\n".encode() for number in range(5)]
    terminal = Terminal(rewrite=True)
    follower = Follower(MEASURE, 9, False, terminal.screen, terminal.now)
    for name in names:
        follower.see(name)
        terminal.time += 60
    assert [line.partition(": ")[0] for line in terminal.progress] == [
        *(f"  {minute}:00 measuring" for minute in range(3)),
        "  3:00 measuring, about 6 min left",
        "  4:00 measuring, about 5 min left",
    ]
    terminal = Terminal(rewrite=True)
    earlier = {("", f"fft/{number}"): 60.0 for number in range(5)}
    follower = Follower(MEASURE, 5, False, terminal.screen, terminal.now, earlier)
    for name in (b"", names[0]):
        follower.see(name)
        terminal.time += 60
    assert terminal.progress == [
        "  0:00 measuring, about 5 min left",
        "  1:00 measuring, about 5 min left: 1/5 fft/0",
    ]


def test_a_step_that_ran_already_is_as_old_as_the_host_says() -> None:
    terminal = Terminal(rewrite=True)
    log = [b"Benchmarking fft/%d\n" % number for number in range(4)]
    follower = Follower(MEASURE, 9, False, terminal.screen, terminal.now, resumed=True, age=480.0)
    # What is here of its log, and what is read of it now, was begun before.
    follower.know(b"".join(log[:2]))
    follower.see(log[2], whole=False)
    terminal.time += 1
    follower.see(log[3])
    assert terminal.progress[1:] == ["  8:01 measuring, about 12 min left: 4/9 fft/3"]
    plain = Terminal(rewrite=False)
    Follower(MEASURE, 9, False, plain.screen, plain.now, resumed=True, age=480.0).see(b"")
    assert plain.shown == []  # the first line comes after half a minute, as always


def test_of_what_was_begun_before_no_pace_is_known() -> None:
    terminal = Terminal(rewrite=True)
    follower = Follower(MEASURE, 9, False, terminal.screen, terminal.now, resumed=True)
    follower.know(b"".join(b"Benchmarking fft/%d\n" % number for number in range(4)))
    for _ in range(2):
        follower.see(b"")
        terminal.time += 60
    assert terminal.progress == ["  0:00 measuring: 4/9 fft/3", "  1:00 measuring: 4/9 fft/3"]


def test_a_build_is_told_by_its_crates_and_not_by_time() -> None:
    terminal = Terminal(rewrite=True)
    follower = Follower(BUILD, 104, False, terminal.screen, terminal.now, {("", "fft/8192"): 60.0})
    follower.see(b"   Compiling serde v1.0\n")
    assert terminal.progress == ["  0:00 building: 1/104 crates, serde"]


HOSTILE = b"one\x1b]52;c;cm0=\x07 \x1b[32mtwo\x1b[0m\x1b[2J\n"


@pytest.mark.parametrize("cut", range(len(HOSTILE)))
def test_on_a_terminal_the_tail_has_colours_and_no_other_control_wherever_it_is_cut(cut: int) -> None:
    terminal = Terminal(rewrite=True)
    terminal.follow(MEASURE, [HOSTILE[:cut], HOSTILE], seconds=1, tail=True).finish()
    assert terminal.shown == ["one \x1b[32mtwo\x1b[0m"]


@pytest.mark.parametrize("log", [HOSTILE, bytes(range(256)), b"a\r\nb\r", b"\xc3"])
def test_where_no_terminal_is_the_tail_is_what_was_written_byte_for_byte_and_at_once(log: bytes) -> None:
    terminal = Terminal(rewrite=False, raw=True)
    terminal.follow(MEASURE, [log[:1], log], seconds=1, tail=True).finish()
    assert terminal.written == [log[:1], log[1:]]
    assert terminal.shown == []


def test_a_line_of_progress_controls_no_terminal() -> None:
    terminal = Terminal(rewrite=True)
    terminal.follow(MEASURE, [b"Benchmarking \x1b]52;c;cm0=\n", b"\x1bPq\x08\n"], seconds=5)
    assert [text.isprintable() for text in terminal.progress] == [True, True]


def test_a_line_without_end_is_shown_in_parts() -> None:
    terminal = Terminal(rewrite=False)
    follower = terminal.follow(MEASURE, [], seconds=1, tail=True)
    for _ in range(5):
        follower.see(b"x" * 600_000)
    follower.finish()
    assert [len(text) for text in terminal.shown] == [1_200_000, 1_200_000, 600_000]


def test_what_was_written_before_counts_and_is_not_shown() -> None:
    terminal = Terminal(rewrite=True)
    follower = Follower(MEASURE, 3, False, terminal.screen, terminal.now)
    follower.know(b"Benchmarking a\n")
    follower.see(b"Benchmarking b\n")
    assert terminal.progress == ["  0:00 measuring: 2/3 b"]
    tail = Follower(MEASURE, 3, True, terminal.screen, terminal.now)
    tail.know(b"Benchmarking a\n")
    assert len(terminal.progress) == 1
    assert terminal.shown == []
