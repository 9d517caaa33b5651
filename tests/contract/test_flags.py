"""Every public parameter is a flag of its task: the same name, help and default."""

from __future__ import annotations

import inspect
from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console

from benchmarks.cli import task_help
from benchmarks.errors import RefusedError
from benchmarks.parameters import request, spec
from benchmarks.parameters.spec import Parameter
from benchmarks.paths import ROOT
from tests.support.repository import spec_tasks, yaml_of

TASKS = spec_tasks()
PARAMETERS = [
    pytest.param(entry_point, parameter, id=f"{entry_point}-{parameter.name}")
    for entry_point in spec.entry_points()
    for parameter in spec.parameters(entry_point)
]
FLAGS = [
    pytest.param(entry_point, parameter, id=f"{entry_point}-{parameter.name}")
    for entry_point in spec.entry_points()
    for parameter in spec.flags(entry_point)
]
# The smallest request that each playbook takes.
LEAST = {"benchmark": {"instance_type": "c7i.large"}, "terminate": {"run_id": "r1"}}


def test_every_entry_point_has_a_task_and_those_of_the_role_a_playbook() -> None:
    assert set(TASKS) == set(spec.entry_points())
    assert set(spec.entry_points()) == {*spec.playbooks(), *spec.commands()}
    for entry_point in spec.playbooks():
        (preflight, *_), *_ = [play["tasks"] for play in yaml_of(ROOT / f"playbooks/{entry_point}.yml")]
        assert preflight["ansible.builtin.import_role"]["name"] == "preflight"
        assert preflight["ansible.builtin.import_role"]["tasks_from"] == entry_point


@pytest.mark.parametrize(("entry_point", "parameter"), FLAGS)
def test_a_parameter_is_a_flag_of_its_task_with_its_help(entry_point: str, parameter: Parameter) -> None:
    flags = {argument.attr_name or argument.name: argument for argument in TASKS[entry_point].get_arguments()}
    argument = flags[parameter.name]
    assert argument.names[0] == parameter.flag.removeprefix("--")
    assert argument.help == parameter.help
    assert argument.kind is {"bool": bool, "list": list}.get(parameter.type, str)
    # Invoke knows no default: what is not given is left to the spec, the same for every way in.
    assert argument.default is None


@pytest.mark.parametrize(("entry_point", "parameter"), PARAMETERS)
def test_a_parameters_default_is_what_holds_when_it_is_not_given(entry_point: str, parameter: Parameter) -> None:
    values = LEAST.get(entry_point, {})
    if entry_point in spec.commands():
        resolved = spec.with_defaults(entry_point, values)
    else:
        resolved = request.resolve(entry_point, values, {"AWS_REGION": "eu-central-1"}).parameters
    if parameter.name not in {*values, "region", "key_file"}:
        assert resolved[parameter.name] == parameter.default


@pytest.mark.parametrize(("entry_point", "parameter"), PARAMETERS)
def test_a_default_is_a_value_that_may_be_given(entry_point: str, parameter: Parameter) -> None:
    if parameter.default is not None:
        assert spec.read(parameter, parameter.default) == parameter.default
        assert spec.read(parameter, str(parameter.default)) == parameter.default


@pytest.mark.parametrize(("entry_point", "parameter"), PARAMETERS)
def test_a_parameters_help_is_a_sentence_that_names_its_choices(entry_point: str, parameter: Parameter) -> None:
    assert parameter.help[0].isupper()
    assert parameter.help.endswith(".")
    if parameter.type == "str":
        assert all(str(choice) in parameter.help for choice in parameter.choices)


@pytest.mark.parametrize("entry_point", TASKS)
def test_a_task_has_no_flag_beyond_its_parameters_and_those_of_the_screen(entry_point: str) -> None:
    flags = {argument.attr_name or argument.name for argument in TASKS[entry_point].get_arguments()}
    of_screen = {"help", "verbose"} if entry_point in spec.PLAYING else {"help"}
    assert flags == {*spec.names(entry_point), *of_screen}


@pytest.mark.parametrize("entry_point", TASKS)
def test_no_flag_is_there_twice(entry_point: str) -> None:
    names = Counter(name for argument in TASKS[entry_point].get_arguments() for name in argument.names)
    assert names.most_common(1)[0][1] == 1


def test_short_flags_are_the_original_tools() -> None:
    original = {"instance_type": "i", "cpu": "c", "memory": "m", "tail": "f"}
    assert original.items() <= spec.SHORT_FLAGS.items()
    assert len(set(spec.SHORT_FLAGS.values())) == len(spec.SHORT_FLAGS)
    assert "h" not in spec.SHORT_FLAGS.values()
    flags = {argument.attr_name or argument.name: argument.names for argument in TASKS["benchmark"].get_arguments()}
    assert {name: flags[name][1] for name in original} == original
    assert flags["help"] == ("help", "h")


def test_tables_beside_the_spec_name_parameters_that_there_are() -> None:
    known = {flag.name for entry_point in spec.entry_points() for flag in spec.flags(entry_point)}
    assert set(spec.SHORT_FLAGS) | set(spec.FIRST_FLAGS) | set(spec.LIMITS) <= known


def test_a_first_time_user_meets_about_ten_flags() -> None:
    assert len([flag for flag in spec.flags("benchmark") if not flag.advanced]) <= 12


@pytest.mark.parametrize("entry_point", TASKS)
def test_a_tasks_examples_can_be_read(entry_point: str) -> None:
    task = TASKS[entry_point]
    text = str(inspect.getdoc(task))
    console = Console(width=110)
    with console.capture() as capture:
        console.print(task_help.page(entry_point, f"./inv {task.command}", text, task.examples))
    for line, meaning in task.examples:
        assert f"{line} ".startswith(f"./inv {task.command} ")
        assert meaning.endswith(".")
        flags = [word for word in line.split("|")[0].split() if word.startswith("-")]
        known = {f"--{n}" if len(n) > 1 else f"-{n}" for argument in task.get_arguments() for n in argument.names}
        assert set(flags) <= known
        assert line in capture.get()


def test_paths_are_of_type_path_so_that_they_start_where_the_user_stands() -> None:
    for entry_point in spec.entry_points():
        for parameter in spec.parameters(entry_point):
            assert (parameter.type == "path") == parameter.name.endswith(("_dir", "_file")), parameter.name
    assert request.read("benchmark", {"key_file": "k"}, Path("/a")) == {"key_file": "/a/k"}


@pytest.mark.parametrize("entry_point", spec.PLAYING)
def test_what_is_about_the_screen_is_no_parameter_of_a_playbook(entry_point: str) -> None:
    assert spec.VERBOSE.name not in spec.names(entry_point)
    with pytest.raises(RefusedError, match="Unknown parameter verbose"):
        request.read(entry_point, {**LEAST.get(entry_point, {}), "verbose": True}, Path("/a"))
