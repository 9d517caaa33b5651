"""The ansible-playbook command of a run."""

from __future__ import annotations

import configparser
import shlex
from pathlib import Path

import pytest

from benchmarks.parameters import machines
from benchmarks.paths import ROOT
from benchmarks.playbook import command_line
from benchmarks.playbook.command_line import Command


def built(parameters: Path = ROOT / "runs/r1/parameters.yml", region: str | None = "eu-north-1") -> Command:
    return command_line.playbook("benchmark", parameters, region, terminal=True, columns=100)


def test_parameters_reach_ansible_as_a_file_and_never_as_text() -> None:
    assert built().argv[1:] == ("playbooks/benchmark.yml", "-e", "@runs/r1/parameters.yml")


def test_a_file_elsewhere_is_named_in_full() -> None:
    assert built(Path("/srv/my runs/r1/parameters.yml")).argv[-1] == "@/srv/my runs/r1/parameters.yml"


def test_what_is_printed_can_be_typed() -> None:
    shown = str(built(Path("/srv/my runs/parameters.yml")))
    assert shlex.split(shown) == ["ansible-playbook", "playbooks/benchmark.yml", "-e", "@/srv/my runs/parameters.yml"]


def test_ansible_is_the_one_beside_this_python() -> None:
    executable = Path(built().argv[0])
    assert executable.is_file()
    assert built().environment["PATH"].split(":")[0] == str(executable.parent)


def test_what_hosts_say_never_becomes_a_variable() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "ansible.cfg")
    assert settings.getboolean("defaults", "inject_facts_as_vars") is False
    assert built().environment["ANSIBLE_INJECT_FACT_VARS"] == "False"


def test_as_many_hosts_are_carried_out_at_once_as_a_run_can_have_whatever_a_users_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ANSIBLE_FORKS", "5")
    configured = configparser.ConfigParser()
    configured.read(ROOT / "ansible.cfg")
    assert built().environment["ANSIBLE_FORKS"] == configured["defaults"]["forks"]
    assert int(configured["defaults"]["forks"]) >= machines.MOST


def test_no_host_waits_until_another_one_is_done() -> None:
    settings = configparser.ConfigParser()
    settings.read(ROOT / "ansible.cfg")
    assert settings.getint("defaults", "forks") >= 64  # Ansible's own number is 5


def test_every_child_uses_the_region() -> None:
    environment = built().environment
    assert (environment["AWS_REGION"], environment["AWS_DEFAULT_REGION"]) == ("eu-north-1", "eu-north-1")


def test_without_a_region_none_is_set() -> None:
    assert not [name for name in built(region=None).environment if name.startswith("AWS_")]


def test_lines_are_rewritten_on_a_terminal_only() -> None:
    plain = command_line.playbook("benchmark", ROOT / "p.yml", None, terminal=False, columns=80)
    assert (built().environment["BENCHMARKS_REWRITE_LINES"], built().environment["COLUMNS"]) == ("1", "100")
    assert plain.environment["BENCHMARKS_REWRITE_LINES"] == "0"


def verbose(*, terminal: bool) -> dict[str, str]:
    """The environment of a playbook that shows Ansible's own output."""
    made = command_line.playbook("benchmark", ROOT / "p.yml", None, terminal=terminal, columns=80, verbose=True)
    return dict(made.environment)


def test_ansibles_own_output_is_shown_on_request_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANSIBLE_STDOUT_CALLBACK", raising=False)
    assert built().environment["ANSIBLE_STDOUT_CALLBACK"] == "stages"
    assert verbose(terminal=True)["ANSIBLE_STDOUT_CALLBACK"] == "ansible.builtin.default"
    # A user who has chosen another output of Ansible sees that one.
    monkeypatch.setenv("ANSIBLE_STDOUT_CALLBACK", "ansible.builtin.oneline")
    assert built().environment["ANSIBLE_STDOUT_CALLBACK"] == "stages"
    assert verbose(terminal=True)["ANSIBLE_STDOUT_CALLBACK"] == "ansible.builtin.oneline"


def test_no_line_is_rewritten_among_those_of_ansible() -> None:
    assert verbose(terminal=True)["BENCHMARKS_REWRITE_LINES"] == ""
    assert verbose(terminal=False)["BENCHMARKS_REWRITE_LINES"] == "0"


@pytest.mark.parametrize(("value", "wanted"), [("1", True), ("0", False), (None, False)])
def test_the_environment_says_whether_ansibles_own_output_is_wanted(value: str | None, wanted: bool) -> None:
    given = {command_line.VERBOSE: value} if value is not None else {}
    assert command_line.is_verbose(given) is wanted
