"""How the program ends."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from benchmarks.cli import program
from benchmarks.terminal import streams


def test_ctrl_c_ends_with_the_exit_code_that_a_shell_expects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "ignore_closed_output", lambda: None)
    monkeypatch.setattr(program.Inv, "run", lambda *_: os.kill(os.getpid(), signal.SIGINT))
    before: Any = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(SystemExit) as ended:
            program.main()
    finally:
        signal.signal(signal.SIGINT, before)
    assert ended.value.code == 130
