"""The command that prints a shell's completion script."""

from __future__ import annotations

import pytest
from invoke.context import Context
from invoke.exceptions import Exit

from benchmarks.cli import completion
from benchmarks.cli.completion_task import completion as task


@pytest.mark.parametrize("shell", completion.SCRIPTS)
def test_what_is_printed_is_the_shells_script_and_nothing_else(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    task(Context(), shell)
    assert capsys.readouterr() == (completion.script(shell), "")


def test_an_unknown_shell_ends_with_exit_code_2_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exit) as ended:
        task(Context(), "tcsh")
    assert ended.value.code == 2
    assert str(ended.value.message).startswith("Completion is for bash, zsh, fish")
    assert capsys.readouterr().out == ""
