"""However it is called, it is one tool: every parameter has the same name, default, help and refusing sentence."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cli import task_help
from benchmarks.parameters import spec
from benchmarks.parameters.spec import Parameter
from benchmarks.paths import ROOT
from tests.support import interfaces
from tests.support.interfaces import BIN, Ansible

SHIM = ROOT / "benchmarks.sh"
PARAMETERS = [
    pytest.param(entry_point, parameter, id=f"{entry_point}-{parameter.name}")
    for entry_point in spec.entry_points()
    for parameter in spec.parameters(entry_point)
]


@pytest.fixture(scope="module")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ansible]:
    with interfaces.ansible(tmp_path_factory.mktemp("home")) as ready:
        yield ready


@cache
def documented() -> Any:
    """The parameters as Ansible itself documents them: `ansible-doc --type role preflight`."""
    command: list[str | Path] = [
        BIN / "ansible-doc",
        "--type",
        "role",
        "--roles-path",
        ROOT / "roles",
        "--json",
        "preflight",
    ]
    shown = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    return json.loads(shown)["preflight"]["entry_points"]


@cache
def shown_by_inv(entry_point: str) -> str:
    return interfaces.run([ROOT / "inv", interfaces.task(entry_point), "--help"], ROOT).screen


@cache
def shown_by_shim() -> str:
    return interfaces.run([SHIM, "--help"], ROOT).screen


@pytest.mark.parametrize(("entry_point", "parameter"), PARAMETERS)
def test_help_is_the_same(entry_point: str, parameter: Parameter) -> None:
    assert task_help.line(parameter) in shown_by_inv(entry_point)
    if entry_point == "benchmark":
        assert task_help.line(parameter) in shown_by_shim()
    if entry_point in spec.commands():
        return
    option = documented()[entry_point]["options"][parameter.name]
    assert " ".join(option["description"].split()) == parameter.help
    assert option.get("default") == parameter.default
    assert tuple(option.get("choices", ())) == parameter.choices


@pytest.mark.parametrize(("entry_point", "parameter"), PARAMETERS)
def test_the_refusing_sentence_is_the_same(
    entry_point: str, parameter: Parameter, ansible: Ansible, tmp_path: Path
) -> None:
    given = {parameter.name: interfaces.WRONG[parameter.type]}
    sentence = interfaces.refusal(parameter)
    assert sentence.startswith((f"{parameter.name} must be ", f"{parameter.name} is given but empty"))

    refused = interfaces.Ended(2, " ".join(sentence.split()))
    assert interfaces.run([ROOT / "inv", interfaces.task(entry_point), *interfaces.flags(given)], tmp_path) == refused
    if entry_point == "benchmark":
        assert interfaces.run([SHIM, *interfaces.flags(given)], tmp_path) == refused

    if entry_point in spec.playbooks():
        by_ansible = ansible.playbook(entry_point, given, tmp_path)
        assert by_ansible.code == 2
        assert refused.screen in by_ansible.screen
        assert "Traceback" not in by_ansible.screen
    assert list(tmp_path.glob("[!.]*")) == []
