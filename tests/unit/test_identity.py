"""A run id stands for one machine, and a run that is over for what was brought back from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks import attempts, continuing, identity, interface, launching, packing, runs
from benchmarks.errors import FailedError, RefusedError


def parameters(**given: Any) -> dict[str, Any]:
    return interface.with_defaults("benchmark", {"instance_type": "c7i.large", "region": "eu-central-1", **given})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance_type", "c7a.large"),
        ("cpu", 1),
        ("ami", "ami-2"),
        ("subnet", "subnet-2"),
        ("launch_template", "mine"),
        ("host", "me@192.0.2.7"),
        ("region", "eu-west-1"),
    ],
)
def test_another_machine_is_refused_with_what_differs(tmp_path: Path, name: str, value: Any) -> None:
    identity.record_machine(tmp_path / "r1", parameters())
    with pytest.raises(RefusedError) as refused:
        identity.check_machine(tmp_path / "r1", parameters(**{name: value}))
    was = parameters()[name]
    told = "not given" if was is None else was
    assert str(refused.value) == (
        f"The run r1 has another machine: {name} {told}, not {value}. "
        f"Give the same, or leave run_id out to start a new run."
    )


def test_the_same_machine_and_another_measurement_are_not(tmp_path: Path) -> None:
    identity.check_machine(tmp_path / "new", parameters())
    identity.record_machine(tmp_path / "r1", parameters())
    identity.check_machine(tmp_path / "r1", parameters(suite="plonky2-quick", rustflags="-O", keep=True, memory=1))


PLANNED = {
    "region": "eu-central-1",
    "instance_type": "c7i.large",
    "cores": 1,
    "threads_per_core": 2,
    "image": {"id": "ami-1", "name": "debian"},
}


def instance(**more: Any) -> dict[str, Any]:
    options = {"CoreCount": 1, "ThreadsPerCore": 2}
    return {"InstanceId": "i-1", "InstanceType": "c7i.large", "ImageId": "ami-1", "CpuOptions": options, **more}


@pytest.mark.parametrize(
    ("there", "ami", "told"),
    [
        (instance(InstanceType="t3.large"), None, "instance_type t3.large, not c7i.large"),
        (instance(CpuOptions={"CoreCount": 2, "ThreadsPerCore": 1}), None, "cores 2, not 1; threads per core 1, not 2"),
        (instance(ImageId="ami-9"), "ami-1", "ami ami-9, not ami-1"),
    ],
)
def test_an_instance_that_is_no_record_of_is_held_against_the_request(
    tmp_path: Path, there: dict[str, Any], ami: str | None, told: str
) -> None:
    with pytest.raises(RefusedError, match=f"^The run r1 has another machine: {told}\\. Give"):
        continuing.launched_as(PLANNED, [there], continuing.Begun(tmp_path / "r1", None), ami)


def test_an_instance_whose_keys_are_elsewhere_is_left_alone(tmp_path: Path) -> None:
    with pytest.raises(RefusedError) as refused:
        continuing.launched_as(PLANNED, [instance()], continuing.Begun(tmp_path / "r1", None), None)
    assert str(refused.value) == (
        f"The run r1 has i-1, whose keys are not in {tmp_path}/r1: give the runs directory that it was begun in by "
        f"--runs-dir, or leave run_id out to start a new run. To end it: "
        f"./inv bench.terminate --run-id r1 --region eu-central-1 --runs-dir {tmp_path}"
    )


def test_an_instance_is_described_as_it_was_launched(tmp_path: Path) -> None:
    launching.run_keys(tmp_path / "r1", None)
    launched = {**PLANNED, "image": {"id": "ami-1", "name": "debian of last month"}}
    begun = continuing.Begun(tmp_path / "r1", {"launch": launched})
    assert continuing.launched_as(PLANNED, [instance()], begun, None) == launched
    newer = {**PLANNED, "image": {"id": "ami-2", "name": "debian of today"}}
    unknown = continuing.Begun(tmp_path / "r1", None)
    assert continuing.launched_as(newer, [instance()], unknown, None)["image"] == {"id": "ami-1", "name": None}
    assert continuing.launched_as(PLANNED, [], unknown, None) == PLANNED


@pytest.fixture
def over(tmp_path: Path) -> tuple[Path, dict[str, Any]]:
    """The directory of a run whose instance is gone, and the suite that it has measured."""
    source = tmp_path / "crate"
    source.mkdir()
    (source / "Cargo.toml").write_text("[package]\n")
    suite = {"name": "mine", "source": {"path": str(source)}, "package": "mine", "benches": ("a",), "rustflags": None}
    directory = tmp_path / "r1"
    runs.write_record(directory, "instances.json", {"region": "x", "instances": [{"instance_id": "i-1"}]})
    packed = {**suite["source"], "sha256": packing.digest(packing.pack(source))}  # type: ignore[dict-item]
    measured = attempts.measurement(suite, {"source": packed, "host": {}})
    attempts.record(directory / "i-1", 1, measured, {})
    (directory / "i-1/1/benchmark.log").write_text("log")
    return directory, suite


def test_a_run_is_over_when_what_it_launched_is_gone(over: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    assert continuing.is_over(over[0], [])
    assert not continuing.is_over(over[0], [instance()])
    assert not continuing.is_over(tmp_path / "new", [])


def test_what_a_run_that_is_over_has_measured_is_here(over: tuple[Path, dict[str, Any]]) -> None:
    directory, suite = over
    assert continuing.measured_hosts(directory, suite) == ["i-1"]
    assert continuing.measured_hosts(directory, json.loads(json.dumps(suite))) == ["i-1"]


@pytest.mark.parametrize("change", ["suite", "sources", "log", "record"])
def test_what_it_has_not_measured_cannot_be_measured_any_more(over: tuple[Path, dict[str, Any]], change: str) -> None:
    directory, suite = over
    match change:
        case "suite":
            suite = {**suite, "benches": ("b",)}
        case "sources":
            Path(suite["source"]["path"], "Cargo.toml").write_text("[package]\nname = 'other'\n")
        case "log":
            (directory / "i-1/1/benchmark.log").unlink()
        case "record":
            (directory / "i-1/attempt.json").write_text("{")
    with pytest.raises(RefusedError) as refused:
        continuing.measured_hosts(directory, suite)
    assert str(refused.value) == (
        "The run r1 has ended, and its instance with it: leave run_id out to start a new run."
    )


@pytest.mark.parametrize("content", ["[]", "5", '{"region": "eu-central-1"}'])
def test_a_damaged_record_of_the_machine_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "machine.json").write_text(content)
    identity.check_machine(tmp_path, parameters())


@pytest.mark.parametrize("content", ["", "[]", '{"instances": []}'])
def test_whether_a_run_has_launched_is_not_guessed_from_a_damaged_record(tmp_path: Path, content: str) -> None:
    (tmp_path / "instances.json").write_text(content)
    with pytest.raises(FailedError, match=r"instances\.json cannot be read \(.*\): remove it, or leave run_id out"):
        continuing.is_over(tmp_path, [])
    assert not continuing.is_over(tmp_path, [instance()])
