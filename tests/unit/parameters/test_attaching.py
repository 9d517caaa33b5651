"""Coming back to a run: a request that only names it has the parameters that it was begun with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.parameters import attaching, request
from benchmarks.parameters.outline import outline
from benchmarks.runs import parameters_file, record_files, run_layout, run_machine
from benchmarks.runs.records import Preflight, Terminated
from tests.support import records
from tests.support.benchmark_request import parameters
from tests.support.private_keys import write_key


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """The directory of a run that was begun with some parameters."""
    own = parameters(run_id="r1", runs_dir=str(tmp_path), keep=True, ssh_port=2222, suite="plonky2-quick")
    parameters_file.freeze(tmp_path / "r1", own)
    record_files.write(tmp_path / "r1", records.preflight())
    return tmp_path / "r1"


@pytest.mark.parametrize(
    ("given", "attaches"),
    [
        ({"run_id": "r1"}, True),
        ({"run_id": "r1", "runs_dir": "runs", "region": "eu-central-1", "tail": True}, True),
        ({"run_id": "r1", "key_file": "/keys/mine.pem"}, True),
        ({"run_id": "r1", "instance_type": None, "benchmark_reconnect_timeout": 5}, True),
        ({"run_id": "r1", "instance_type": "c7i.large"}, False),
        ({"run_id": "r1", "keep": True}, False),
        ({"tail": True}, False),
        ({}, False),
    ],
)
def test_a_request_comes_back_to_a_run_if_it_names_one_and_nothing_of_what_to_measure(
    given: dict[str, Any], attaches: bool
) -> None:
    assert attaching.attaches(given) is attaches


def test_a_run_is_come_back_to_with_its_own_parameters_whatever_the_environment_says(begun: Path) -> None:
    values = {"run_id": "r1", "runs_dir": str(begun.parent), "tail": True}
    found = request.resolve("benchmark", values, {"AWS_REGION": "us-east-1"})
    assert found.parameters == {**parameters_file.read_parameters(begun), "tail": True}
    assert found.warnings == ()


def test_another_region_than_that_of_the_run_is_refused(begun: Path) -> None:
    values = {"run_id": "r1", "runs_dir": str(begun.parent), "region": "us-east-1"}
    with pytest.raises(RefusedError, match=r"^The run r1 was to launch in eu-central-1, not in us-east-1: "):
        request.resolve("benchmark", values, {})


def test_a_run_that_was_begun_elsewhere_is_refused_with_what_can_be_done_from_here(begun: Path) -> None:
    begun.rename(begun.with_name("20261127-1015"))
    values = {"run_id": "20261127-1016", "runs_dir": str(begun.parent)}
    with pytest.raises(RefusedError) as refused:
        request.resolve("benchmark", values, {})
    said, known = str(refused.value), "where the key to its host would be. Did you mean 20261127-1015?"
    assert said.startswith(f"There is no run 20261127-1016 in {begun.parent}, {known}")
    assert "./inv bench.terminate --run-id 20261127-1016 ends it." in said


def test_a_run_whose_parameters_are_damaged_is_refused(begun: Path) -> None:
    (begun / parameters_file.PARAMETERS).write_text("- a list\n")
    with pytest.raises(RefusedError, match=r"parameters\.yml has no parameters.* A run is followed with"):
        request.resolve("benchmark", {"run_id": "r1", "runs_dir": str(begun.parent)}, {})


def freeze_key(begun: Path, key: Path, *, planned: bool = True) -> None:
    """Make it a run that was begun with this key, on a machine that is recorded, or not even planned."""
    own = {**parameters_file.read_parameters(begun), "key_file": str(key)}
    parameters_file.freeze(begun, own)
    if planned:
        run_machine.record_machine(begun, own)
    else:
        (begun / Preflight.FILE).unlink()


@pytest.mark.parametrize("planned", [True, False])
def test_a_key_that_is_gone_is_asked_for(begun: Path, planned: bool) -> None:
    freeze_key(begun, write_key(begun / "given.pem"), planned=planned)
    key = (begun / "given.pem").rename(begun / "moved.pem")
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    with pytest.raises(RefusedError, match=r"given\.pem does not exist: give the private key's path by --key-file;"):
        request.resolve("benchmark", given, {})
    found = request.resolve("benchmark", {**given, "key_file": str(key)}, {}).parameters
    assert (found["key_file"], found["suite"]) == (str(key), "plonky2-quick")


@pytest.mark.parametrize("planned", [True, False])
def test_the_default_key_is_found_in_the_home_of_now(begun: Path, home: Path, planned: bool) -> None:
    (before := begun / "home").mkdir()
    freeze_key(begun, write_key(before / "benchmarks.pem"), planned=planned)
    (before / "benchmarks.pem").rename(home / "benchmarks.pem")
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    found = request.resolve("benchmark", given, {}).parameters
    assert (found["key_file"], found["suite"]) == (str(home / "benchmarks.pem"), "plonky2-quick")
    assert outline(given, {}, begun).key_file == str(home / "benchmarks.pem")


def test_the_key_that_a_run_was_begun_with_is_used_though_there_is_a_default_one(begun: Path, home: Path) -> None:
    write_key(home / "benchmarks.pem")
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    # It has one of its own.
    assert outline(given, {}, begun).key_file is None
    assert request.resolve("benchmark", given, {}).parameters["key_file"] is None
    (begun / "home").mkdir()
    key = write_key(begun / "home/benchmarks.pem")
    freeze_key(begun, key)
    assert outline(given, {}, begun).key_file == str(key)
    assert request.resolve("benchmark", given, {}).parameters["key_file"] == str(key)


@pytest.mark.parametrize("is_given", [True, False])
def test_another_key_than_that_of_the_run_is_refused(begun: Path, home: Path, is_given: bool) -> None:
    (begun / "home").mkdir()
    freeze_key(begun, write_key(begun / "home/benchmarks.pem"))
    (begun / "home/benchmarks.pem").unlink()
    other = write_key(home / "benchmarks.pem")
    given = {"run_id": "r1", "runs_dir": str(begun.parent), **({"key_file": str(other)} if is_given else {})}
    with pytest.raises(RefusedError, match=r"^The run r1 has another machine: key ssh-ed25519 .*, not ssh-ed25519 "):
        request.resolve("benchmark", given, {})


def test_what_ends_a_run_knows_its_parameters_when_it_is_come_back_to(begun: Path) -> None:
    found = outline({"run_id": "r1"}, {}, begun)
    assert (found.attaches, found.keeps, found.ssh_port, found.region) == (True, True, 2222, "eu-central-1")
    assert found.launches
    again = outline({"run_id": "r1", "instance_type": "c7i.large"}, {"AWS_REGION": "eu-central-1"}, begun)
    assert (again.attaches, again.keeps, again.ssh_port) == (False, False, 22)
    # Ending a run needs no record of it.
    assert outline({"run_id": "r1"}, {"AWS_REGION": "eu-west-3"}, begun / "gone").region == "eu-west-3"


@pytest.mark.parametrize("settled", [True, False])
def test_a_run_that_was_killed_before_it_was_planned_is_asked_for_again(begun: Path, settled: bool) -> None:
    asked = {"run_id": "r1", "runs_dir": str(begun.parent), "suite": "plonky2-quick", "region": "eu-central-1"}
    (begun / Preflight.FILE).unlink()
    if not settled:
        (begun / parameters_file.PARAMETERS).unlink()
        parameters_file.Request(begun).write({**asked, "detach": True})
        run_layout.holder(begun, run_layout.WRAPPER).write_text("{}")
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    found = request.resolve("benchmark", given, {}).parameters
    # With the defaults of a request that is new.
    assert (found["suite"], found["region"], found["detach"]) == ("plonky2-quick", "eu-central-1", False)
    assert found["instance_type"] == ("c7i.large" if settled else request.DEFAULT_INSTANCE_TYPE)
    ends = outline(given, {}, begun)
    assert (ends.attaches, ends.keeps, ends.detaches) == (False, settled, False)


def test_a_request_that_only_came_back_is_not_what_a_run_was_asked_for(begun: Path) -> None:
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    parameters_file.Request(begun).write(given)
    run_layout.holder(begun, run_layout.WRAPPER).write_text("{}")
    for name in (Preflight.FILE, parameters_file.PARAMETERS):
        (begun / name).unlink()
    assert attaching.asked(given, begun) == given
    with pytest.raises(RefusedError, match=r"parameters\.yml cannot be read"):
        request.resolve("benchmark", given, {})


@pytest.mark.parametrize("settled", [True, False])
def test_a_run_that_was_ended_before_it_was_planned_is_not_asked_for_again(begun: Path, settled: bool) -> None:
    given = {"run_id": "r1", "runs_dir": str(begun.parent)}
    (begun / Preflight.FILE).unlink()
    if not settled:
        (begun / parameters_file.PARAMETERS).unlink()
    parameters_file.Request(begun).write({**given, "suite": "plonky2-quick", "region": "eu-central-1"})
    run_layout.holder(begun, run_layout.WRAPPER).write_text("{}")
    record_files.write(begun, Terminated())
    assert attaching.asked(given, begun) == given
    with pytest.raises(RefusedError, match=r"^The run r1 was ended before it had measured anything"):
        request.resolve("benchmark", given, {})


@pytest.mark.parametrize("settled", [True, False])
def test_what_was_asked_of_another_command_is_no_run_to_come_back_to(tmp_path: Path, settled: bool) -> None:
    given = {"run_id": "s1", "runs_dir": str(tmp_path)}
    asked = {**given, "region": "eu-central-1", "bucket": "mine", "subnet": "subnet-1"}
    parameters_file.Request(tmp_path / "s1").write(asked)
    if settled:
        parameters_file.freeze(tmp_path / "s1", {**asked, "allow_from": None, "yes": True})
    assert attaching.asked(given, tmp_path / "s1") == given
    assert attaching.completed(given, tmp_path / "s1") == given
    what = "is not that of a run, but of another command" if settled else "cannot be read"
    with pytest.raises(RefusedError, match=rf"parameters\.yml {what}.* A run is followed with"):
        request.resolve("benchmark", given, {})
