"""A fault that a run meets, and what must hold of it whatever it is: exit code, time, and nothing left."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import ROOT, Account, Tool, processes_naming, wait_for

LONG = {"TINY_SECONDS": "300"}
IDS = ["sum/100", "sum/1000", "sum/10000"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take longest: those that may, and then those that meet most faults."""
    here = [number for number, item in enumerate(items) if item.path.is_relative_to(Path(__file__).parent)]
    longest_first = sorted((items[number] for number in here), key=_length, reverse=True)
    for number, item in zip(here, longest_first, strict=True):
        items[number] = item


def _length(item: pytest.Item) -> tuple[float, int]:
    longest = item.get_closest_marker("timeout")
    return longest.args[0] if longest else 0, len(list(item.iter_markers("fault")))


@dataclass(frozen=True)
class Row:
    """A row of the table that a test tries, as its mark says."""

    code: int
    seconds: float  # from the fault to the end of the command that met it, or that came back after it


class Faults:
    """The faults that a test lets its runs meet, one after the other: each is begun, and told of when it is over.

    Those that one command meets are over when it ends.
    """

    def __init__(self, rows: dict[str, Row], run_ids: list[str]) -> None:
        self.rows, self.run_ids = rows, run_ids
        self.over: list[str] = []
        self._struck: dict[str, float] = {}

    def strikes(self, name: str = "") -> None:
        """Count the time of a fault from here; of the test's only one, the name may be left out."""
        self._struck[name or next(iter(self.rows))] = time.monotonic()

    def ends(self, code: int, output: str) -> None:
        """The command that the user sees has ended now, with this code, after this output."""
        assert self._struck, "no fault has struck"
        struck, self._struck = self._struck, {}
        assert "Traceback" not in output, output
        for name, at in struck.items():
            took, row = time.monotonic() - at, self.rows[name]
            assert code == row.code, output
            assert took <= row.seconds, f"{name}, {took:.0f} s: {output}"
            self.over.append(name)


@pytest.fixture
def faults_met(request: pytest.FixtureRequest, account: Account, run_id: str) -> Iterator[Faults]:
    """The faults that this test is marked with. Whatever they were, nothing may be left of the test's runs."""
    rows = {mark.args[0]: Row(**mark.kwargs) for mark in request.node.iter_markers("fault")}
    faults = Faults(rows, [run_id])
    try:
        yield faults
        assert sorted(faults.over) == sorted(rows)
        for each in faults.run_ids:
            check_nothing_is_left(account, each)
    finally:
        ids = [instance["InstanceId"] for each in faults.run_ids for instance in account.instances(each)]
        if ids:
            account.client("ec2").terminate_instances(InstanceIds=ids)


def check_nothing_is_left(account: Account, run_id: str) -> None:
    """Instances as EC2 lists them, volumes, containers as the engine lists them, and processes on this machine."""
    wait_for(lambda: set(account.states(run_id)) <= {"terminated"}, "the end of what is shutting down", 30)
    wait_for(lambda: volumes(account, [run_id]) == [], "the volumes of what was shutting down", 30)
    ids = [instance["InstanceId"] for instance in account.instances(run_id)]
    wait_for(lambda: machines(account, ids) == [], "the containers of what was shutting down", 30)
    wait_for(lambda: processes_naming(run_id) == [], "the processes of the run", 30)


def volumes(account: Account, run_ids: list[str]) -> list[dict[str, Any]]:
    filters = [{"Name": "tag:benchmarks:run", "Values": run_ids}]
    found: list[dict[str, Any]] = account.client("ec2").describe_volumes(Filters=filters)["Volumes"]
    return found


def machines(account: Account, ids: list[str]) -> list[str]:
    """The names of the containers of these instances, as the engine lists them."""
    listed = subprocess.run(
        [account.facts["engine"], "ps", "--all", "--format", "{{.Names}}"],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout.split()
    return [name for name in listed if any(instance_id in name for instance_id in ids)]


def attempt(tool: Tool, run_id: str, number: int = 1) -> Path:
    """The directory of an attempt on the run's only host."""
    (found,) = (tool.runs / run_id).glob(f"*/{number}")
    return found


def check_whole(account: Account, tool: Tool, run_id: str, number: int = 1) -> None:
    """All benchmarks once, with their samples, here and in S3, from one launch and one attempt."""
    directory = attempt(tool, run_id, number)
    results = json.loads((directory / "results.json").read_text())
    assert [one["id"] for one in results["measurements"]] == IDS
    assert all(one["samples"] for one in results["measurements"])
    assert results["partial"] is None
    assert account.launches(run_id) == 1
    log = (directory / "benchmark.log").read_bytes()
    assert [log.count(f"Benchmarking {one}\n".encode()) for one in IDS] == [1, 1, 1]
    uploaded = account.uploaded(run_id)
    assert log in [body for key, body in uploaded.items() if key.endswith("/benchmark.log")]
    assert any(key.endswith("/manifest.json") for key in uploaded)


def results(tool: Tool, run_id: str, attempt: int) -> Any:
    (found,) = (tool.runs / run_id).glob(f"*/{attempt}/results.json")
    return json.loads(found.read_text())


def check_first_is_kept(account: Account, tool: Tool, run_id: str, attempt: int) -> None:
    """Of an attempt, the first benchmark is whole and the others are missing, here and in S3. It is told why."""
    found = results(tool, run_id, attempt)
    assert [one["id"] for one in found["measurements"]] == IDS[:1]
    assert found["measurements"][0]["samples"]
    assert found["partial"].startswith("1 of 3 benchmarks were measured: ")
    folder = f"{account.instances(run_id)[0]['InstanceId']}/{attempt}/"
    assert {f"{folder}benchmark.log", f"{folder}criterion.tar.gz", f"{folder}manifest.json"} <= set(
        account.uploaded(run_id)
    )


@pytest.fixture
def measures(tool: Tool, run_id: str) -> Callable[[], None]:
    """Waits until the run of this test measures."""
    return lambda: wait_for(lambda: tool.is_measuring(run_id), "the measurement", 240)


def until_told(account: Account, tool: Tool, run_id: str) -> tuple[Path, Callable[[], None]]:
    """A suite that measures, after its first benchmark, until what is returned with it is called."""

    def tell() -> None:
        (instance,) = account.instances(run_id)
        account.execute(instance["InstanceId"], "touch /opt/enough")

    return tool.suite("until-told", environment={"TINY_UNTIL": "/opt/enough"}), tell


def wait_for_first(tool: Tool, run_id: str) -> None:
    """Wait until the first benchmark of a run's only attempt is measured."""
    wait_for(lambda: b"time:" in tool.kept_log(run_id), "the first benchmark", 400)


def connection(account: Account, run_id: str, state: str) -> None:
    """Cut the way to a run's only instance (`closed`: packets to port 22 are dropped, as in the network) or mend it."""
    (instance,) = account.instances(run_id)
    listed = [account.facts["engine"], "ps", "--filter", f"name={instance['InstanceId']}", "--format", "{{.Names}}"]
    names = subprocess.run(listed, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    (metadata,) = (name for name in names if name.endswith("-imds"))
    command = ["/usr/bin/python3", "-I", "/sandbox/imds/server.py", "ssh", state]
    subprocess.run([account.facts["engine"], "exec", metadata, *command], check=True)


def impatient(account: Account, directory: Path, **variables: object) -> dict[str, str]:
    """The environment in which `./inv` has other values for variables of roles, for what would take minutes."""
    (directory / "variables.yml").write_text(json.dumps({"all": {"vars": variables}}))
    return {**account.environment, "ANSIBLE_INVENTORY": f"{ROOT}/inventory/this_run.yml,{directory}/variables.yml"}
