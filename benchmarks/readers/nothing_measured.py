"""Why a log may have no results."""

from __future__ import annotations

import re

ELSEWHERE = (
    "the results were written elsewhere, since the program sets its own output_directory in place of "
    "CRITERION_HOME: take that out of the benchmark"
)
_OTHER_HARNESS = (
    "the compiler's own harness ran in Criterion's place: put harness = false below the [[bench]] in Cargo.toml"
)
_LISTED = "the benchmarks were only listed or tested: take --list or --test out of the suite's arguments"
_LIKELY = (
    "the benchmarks are not Criterion's, Cargo.toml lacks harness = false, the suite's arguments have --list, --test "
    "or a filter that matches nothing, or the results are written elsewhere than to CRITERION_HOME"
)
_LISTED_NAME = re.compile(r"\S.*: (?:benchmark|bench|test)")


class Signs:
    """Watches the lines of a log for signs of what went wrong."""

    def __init__(self) -> None:
        self._before = ""
        self._no_tests = False  # libtest runs, and has found nothing to run
        self._found: dict[str, None] = {}

    def see(self, line: str) -> None:
        if line == "running 0 tests":
            self._no_tests = True
        elif self._no_tests and line.startswith("test result:"):
            self._no_tests = False
            if "; 0 filtered out" in line:
                self._found[_OTHER_HARNESS] = None
        elif (line == "Success" and self._before.startswith("Testing ")) or _LISTED_NAME.fullmatch(line):
            self._found[_LISTED] = None
        self._before = line

    @property
    def cause(self) -> str:
        """The likely cause, as a part of a sentence."""
        return next((cause for cause in (_OTHER_HARNESS, _LISTED) if cause in self._found), _LIKELY)
