"""Going on with a run: numbers are never those of another machine or another measurement."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import CRATES, Account, Run, Tool, inv, play


@pytest.fixture
def kept(ended: None, tool: Tool, run_id: str) -> Run:
    """A run on an instance that was kept, of a copy of the tiny crate."""
    shutil.copytree(CRATES / "tiny", tool.runs / "crate", ignore=shutil.ignore_patterns("target"))
    run = tool.bench(run_id, "--keep", suite=first(tool))
    assert run.result.code == 0, run.result.output
    return run


def first(tool: Tool) -> Path:
    return tool.suite("first", source={"path": str(tool.runs / "crate")})


def objects(account: Account, run_id: str) -> dict[str, str]:
    """The keys of a run in the bucket, with what identifies each object's content."""
    listed = account.client("s3").list_objects_v2(Bucket=f"benchmarks-123456789012-{account.facts['region']}")
    return {each["Key"]: each["ETag"] for each in listed.get("Contents", []) if f"_{run_id}/" in each["Key"]}


def listed(account: Account, run_id: str, runs_dir: Path) -> dict[str, Any]:
    """A run as bench.runs lists it."""
    told = inv("bench.runs", "--format", "json", "--runs-dir", str(runs_dir), environment=account.environment)
    assert told.code == 0, told.output
    document = json.loads(told.output[told.output.index("{") :])
    assert document["unknown"] == []
    (found,) = [run for run in document["runs"] if run["run_id"] == run_id]
    assert isinstance(found, dict)
    return found


def check_listed_while_kept(account: Account, kept: Run, run_id: str, elsewhere: Path) -> None:
    """The run is listed with its instance, its cost so far and its end, from its own runs directory and another."""
    ours = listed(account, run_id, kept.directory.parent)
    theirs = listed(account, run_id, elsewhere)
    assert (ours["state"], theirs["state"]) == ("kept", "running")
    assert (ours["directory"], theirs["directory"]) == (str(kept.directory), None)
    for run in (ours, theirs):
        (instance,) = run["instances"]
        assert (instance["id"], instance["state"]) == (kept.host.name, "running")
        assert (run["suite"], run["machine"], run["may_cost_money"]) == ("first", "c7i.large", True)
        lasts = datetime.fromisoformat(run["switches_off"]) - datetime.fromisoformat(instance["launched"])
        assert lasts.total_seconds() == 60 * (60 + 180 + 30)
        assert 0 < run["cost_usd"] <= instance["usd_per_hour"]
    assert ours["s3"] == theirs["s3"] != []


def test_another_measurement_on_a_kept_instance_is_the_next_attempt_and_another_machine_is_refused(
    account: Account, tool: Tool, run_id: str, kept: Run
) -> None:
    host = kept.host
    check_listed_while_kept(account, kept, run_id, tool.runs / "elsewhere")
    before = objects(account, run_id)
    log = (host / "1/benchmark.log").read_bytes()

    for more in (["--instance-type", "c7a.large"], ["--cpu", "1"], ["--launch-template", "other"]):
        arguments = [*more, "--keep"]
        refused = tool.bench(run_id, *arguments, suite=first(tool), replaces=more[0])
        assert refused.result.code == 2, refused.result.output
        assert f"The run {run_id} has another machine: " in refused.result.output
    assert account.launches(run_id) == 1

    another = tool.suite("another", source={"path": str(tool.runs / "crate")}, environment={"TINY_SECONDS": "0.4"})
    second = tool.bench(run_id, "--keep", suite=another)
    assert second.result.code == 0, second.result.output
    assert second.attempt == host / "2"
    assert second.record(f"{host.name}/2/manifest.json")["suite"]["name"] == "another"

    source = tool.runs / "crate/benches/tiny.rs"
    source.write_text(source.read_text().replace('"sum/10000"', '"sum/20000"'))
    third = tool.bench(run_id, "--keep", suite=first(tool))
    assert third.result.code == 0, third.result.output
    assert third.attempt == host / "3"
    assert "sum/20000" in third.result.output
    assert "sum/10000" not in third.result.output

    # What was asked for first is there, and is not measured again.
    source.write_text(source.read_text().replace('"sum/20000"', '"sum/10000"'))
    again = tool.bench(run_id, suite=first(tool))
    assert again.result.code == 0, again.result.output
    assert again.attempt == host / "1"
    assert (host / "1/benchmark.log").read_bytes() == log
    after = objects(account, run_id)
    assert before.items() <= after.items()
    numbers = {key.partition(f"/{host.name}/")[2].split("/")[0] for key in after if f"/{host.name}/" in key}
    assert numbers == {"1", "2", "3"}
    # Another suite has a folder of its own. The source that was edited is another request, and so is not to keep.
    requests = sorted(key for key in after if host.name not in key)
    assert [key.rpartition("/")[2] for key in requests] == [
        "run.json",
        *("run.2.json", "run.3.json", "run.json"),
    ]
    assert account.states(run_id) == ["terminated"]
    assert account.launches(run_id) == 1
    over = listed(account, run_id, tool.runs)
    assert (over["state"], over["may_cost_money"], over["switches_off"]) == ("done", False, None)
    assert len(over["s3"]) == 2  # a folder for each suite


@pytest.mark.usefixtures("ended")
def test_a_kept_instance_whose_records_are_gone_is_held_against_the_request(
    account: Account, tool: Tool, run_id: str
) -> None:
    kept = tool.launch(run_id)
    shutil.rmtree(kept.directory)
    refused = tool.bench(run_id, "--instance-type", "c7a.large", replaces="--instance-type")
    assert refused.result.code == 2, refused.result.output
    assert f"The run {run_id} has another machine: instance_type c7i.large, not c7a.large" in refused.result.output
    # As from another runs directory: whoever has the keys may be measuring on it.
    keyless = tool.bench(run_id)
    assert keyless.result.code == 2, keyless.result.output
    assert f"whose keys are not in {kept.directory}: " in keyless.result.output
    assert account.states(run_id) == ["running"]


def test_two_runs_at_once_do_not_meet_and_one_that_is_left_is_brought_back(
    account: Account, tool: Tool, run_id: str
) -> None:
    names = [f"{run_id}-a", f"{run_id}-b"]
    processes = [tool.start(names[0], "--detach"), tool.start(names[1])]

    outputs = [process.communicate(timeout=400)[0] for process in processes]

    assert [process.returncode for process in processes] == [0, 0], outputs
    assert account.states(names[0]) == ["running"]
    assert f"To come back to it: ./inv bench.attach {names[0]} " in outputs[0]
    # As if it had never been left, also by Ansible alone.
    back = play("benchmark", environment=account.environment, run_id=names[0], runs_dir=str(tool.runs))
    assert back.code == 0, back.output
    for name in names:
        assert account.states(name) == ["terminated"]
        assert account.launches(name) == 1
        assert len(list((tool.runs / name).glob("*/1/manifest.json"))) == 1
    over = tool.attach(names[0])
    assert over.result.code == 0, over.result.output
    assert f"The run {names[0]} is over." in over.result.output
    assert "Measured  3 benchmarks" in over.result.output
