"""Command lines before Invoke reads them."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from benchmarks.cli import invoke_parser, program
from benchmarks.errors import RefusedError
from benchmarks.terminal import streams


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (["bench", "--keep=true", "-f"], ["bench", "--keep", "-f"]),
        (["bench", "--keep=no", "--cpu=2"], ["bench", "--cpu=2"]),
        (["bench", "--keep=off", "--suite=a=b"], ["bench", "--suite=a=b"]),
        (["bench.types", "--bare-metal=1", "--format=csv"], ["bench.types", "--bare-metal", "--format=csv"]),
        (["test", "--unknown=true"], ["test", "--unknown=true"]),
    ],
)
def test_a_switch_may_be_given_its_value(given: list[str], read: list[str]) -> None:
    assert list(invoke_parser.without_values_of_switches(given)) == read


def test_a_switch_has_no_other_values() -> None:
    with pytest.raises(RefusedError, match=r"^tail must be true or false, not 'perhaps'\.$"):
        list(invoke_parser.without_values_of_switches(["bench", "--tail=perhaps"]))


def test_a_switch_whose_value_is_empty_is_not_taken_for_off() -> None:
    with pytest.raises(RefusedError, match=r"^keep is given but empty, as from a variable that is not set: "):
        list(invoke_parser.without_values_of_switches(["bench", "--keep="]))


def test_ctrl_c_ends_with_the_exit_code_that_a_shell_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "outlive_readers", lambda: None)
    monkeypatch.setattr(program.Inv, "run", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    before: Any = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as ended:
            program.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
