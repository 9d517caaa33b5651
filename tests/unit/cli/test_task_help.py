"""The help of a task: what a first-time user needs comes first."""

from __future__ import annotations

import re

import pytest
from rich.console import Console

from benchmarks.cli import task_help
from benchmarks.parameters import spec

EXAMPLES = (("./inv bench -i c7i.large", "Run on that type."),)


def page(entry_point: str, width: int = 100) -> str:
    console = Console(width=width, record=True, highlight=False, quiet=False)
    with console.capture() as capture:
        console.print(task_help.page(entry_point, "./inv bench", "Do it.\n", EXAMPLES))
    return capture.get()


def test_a_page_has_usage_meaning_and_examples() -> None:
    lines = [line.rstrip() for line in page("benchmark").splitlines()]
    assert lines[:4] == ["Usage: ./inv bench [options]", "", "Do it.", ""]
    assert lines[4:7] == ["Examples", "  ./inv bench -i c7i.large", "      Run on that type."]


@pytest.mark.parametrize("entry_point", spec.entry_points())
def test_every_parameter_is_on_the_page_in_full(entry_point: str) -> None:
    text = page(entry_point)
    words = " ".join(re.sub(r" {2,}", " ", text).split())
    for parameter in spec.parameters(entry_point):
        shown = re.escape(parameter.words if parameter.positional else parameter.flag)
        assert re.search(rf"^ +(-\w, )? *{shown}( |$)", text, re.MULTILINE), parameter.flag
        assert parameter.help.split()[-1] in words


def test_the_first_options_come_before_the_advanced_ones() -> None:
    text = page("benchmark")
    assert text.index("Options") < text.index("--instance-type") < text.index("Advanced") < text.index("--ssh-port")


def test_values_are_shown_by_kind_and_defaults_by_value() -> None:
    text = page("benchmark", width=200)
    assert re.search(r"-c, --cpu N ", text)
    assert re.search(r"--key-file PATH ", text)
    assert re.search(r"-f, --tail  ", text)
    assert re.search(r"--ssh-port N .* Default: 22\.", text)
    assert "Default: False" not in text


def test_words_without_a_flag_are_in_the_usage_line() -> None:
    assert page("results").startswith("Usage: ./inv bench [SOURCE...] [options]\n")


def test_a_playbook_without_advanced_parameters_has_no_such_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    only = (spec.Parameter("cpu", "int", "Cores."),)
    monkeypatch.setattr(spec, "flags", lambda _entry_point: only)
    assert "Advanced" not in page("benchmark")
