"""What programs have printed, as the log has it."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import log_output, progress
from benchmarks.host.log_output import Section
from tests.support.benchmark_logs import LOG


def sections() -> tuple[Section, ...]:
    return log_output.sections(LOG)


def test_a_log_is_told_apart_by_the_targets_that_wrote_it() -> None:
    assert [section.target for section in sections()] == [None, "all_ffts", "other"]
    assert sections()[1].text.lstrip().startswith("Benchmarking mul\n")


def test_an_executable_is_called_after_its_target() -> None:
    assert log_output.executable("all-ffts") == "all_ffts"


def test_the_line_of_older_cargos_names_the_target_too() -> None:
    log = "     Running target/release/deps/ffts-27f45bc17686f575\nBenchmarking mul\n"
    assert [section.target for section in log_output.sections(log)] == [None, "ffts"]


@pytest.mark.parametrize(
    "log",
    [
        LOG.replace("mul", "\x1b[32mmul\x1b[0m"),
        LOG.replace("\n", "\r\n"),
        LOG.replace("test ", "\x1b[32m  7 %\x1b[0m\r\x1b[2Ktest "),
        LOG.replace("mul", "\x1b]0;a window\x07mul"),
    ],
)
def test_only_what_a_terminal_shows_is_read(log: str) -> None:
    assert log_output.sections(log) == sections()


def test_what_is_begun_counts_once() -> None:
    assert log_output.begun(sections()[1]) == ("mul", "none")


@pytest.mark.parametrize(
    "line", [" " * 300_000, "test " + " " * 300_000, "x" * 300_000, "\n" * 300_000, " \n" * 100_000, "a " * 100_000]
)
def test_a_long_log_is_read_in_time_that_grows_with_its_length(line: str) -> None:
    begun = time.process_time()
    (section,) = log_output.sections(line)
    log_output.begun(section)
    progress.built(line)
    assert time.process_time() - begun < 5


CLIPBOARD = "\x1b]52;c;cm0gLXJmIH4=\x07"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain text, ä and 測", "plain text, ä and 測"),
        ("\x1b[1;31mred\x1b[0m\x1b[38:5:9mother\x1b[m", "\x1b[1;31mred\x1b[0m\x1b[38:5:9mother\x1b[m"),
        ("  1 %\r  2 %\tdone\r", "  1 %\r  2 %\tdone\r"),
        (f"a{CLIPBOARD}b", "ab"),
        ("a\x1b]0;title\x1b\\b", "ab"),
        ("a\x1b[2J\x1b[?1049h\x1b[6nb", "ab"),
        # Unfinished, and what no pattern knows: nothing of it acts.
        ("a\x1b]52;c;cm0=", r"a\x1b]52;c;cm0="),
        ("a\x1b]0;\x1b[31mb\x07", "a\\x1b]0;\x1b[31mb\\x07"),
        ("a\x1bPq\x1bc\x9b2J\x08\x0e", r"a\x1bPq\x1bc\x9b2J\x08\x0e"),
        ("\x1b[\x1b[2J2J", r"\x1b[2J"),
        ("\u202eabc", r"\u202eabc"),
    ],
)
def test_a_line_has_colours_on_a_terminal_and_nothing_else_that_acts(line: str, shown: str) -> None:
    assert log_output.for_terminal(line) == shown


@given(st.text(st.sampled_from("\x1b[]?;0123mJ\\\x07\x9b\r\ta")))
def test_whatever_a_line_is_of_only_colours_reach_a_terminal(line: str) -> None:
    left = re.sub(r"\x1b\[[0-9:;]*m|[\r\t]", "", log_output.for_terminal(line))
    assert left.isprintable()
