"""Nobody comes back to an instance that measures: it uploads its results and ends by itself."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import tarfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest

from tests.integration.conftest import Account, Tool, inv, wait_for
from tests.integration.faults.conftest import Faults


@pytest.mark.fault("The machine that started the run never comes back", code=0, seconds=300)
def test_results_are_there_and_the_instance_is_gone_after_its_controller_was_killed(
    account: Account,
    tool: Tool,
    run_id: str,
    faults_met: Faults,
    faults: Callable[[list[dict[str, Any]]], None],
) -> None:
    suite = tool.suite("some", environment={"TINY_SECONDS": "9"})
    controller = tool.start_playbook(run_id, suite, benchmark_look_seconds=1, benchmark_unfollowed_seconds=15)
    wait_for(lambda: tool.is_measuring(run_id), "the measurement", 400)
    # S3 is not there for a while.
    faults([{"service": "s3", "action": "PutObject", "error": "SlowDown", "times": 3}])
    faults_met.strikes()
    os.killpg(controller.pid, signal.SIGKILL)
    controller.wait(timeout=30)

    wait_for(lambda: account.states(run_id) == ["terminated"], "the instance to power itself off", 300)
    (instance,) = account.instances(run_id)
    assert instance["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    said = account.said_by_host(run_id)
    assert said
    assert (said.host, said.attempt, said.instance_type) == (instance["InstanceId"], 1, "c7i.large")
    assert (said.build, said.run, said.stopped) == (("success", "exited", "0"), ("success", "exited", "0"), None)
    assert said.launched <= said.uploaded
    assert said.ended and said.ended <= said.uploaded
    found = account.uploaded(run_id)
    folder = f"{instance['InstanceId']}/1/"
    assert {name: (one.sha256, one.bytes) for name, one in said.files.items()} == {
        name: (hashlib.sha256(body).hexdigest(), len(body))
        for name, body in ((key.removeprefix(folder), body) for key, body in found.items() if key.startswith(folder))
        if name != "host.json"
    }
    assert {"benchmark.log", "criterion.tar.gz", "activity", "toolchain.json", "build.json"} <= set(said.files)
    here = next((tool.runs / run_id).glob("*/1"))
    assert found[f"{folder}toolchain.json"] == (here / "toolchain.json").read_bytes()
    assert found[f"{folder}build.json"] == (here / "build.json").read_bytes()
    assert found[f"{folder}benchmark.log"].startswith(tool.kept_log(run_id))
    assert b"sum/10000" in found[f"{folder}benchmark.log"]
    with tarfile.open(fileobj=BytesIO(found[f"{folder}criterion.tar.gz"])) as archive:
        assert len([name for name in archive.getnames() if name.endswith("estimates.json")]) == 3

    # Anybody reads it from the bucket, and whoever comes back gets it as if nothing had happened.
    bucket = f"benchmarks-{account.facts['account_id']}-{account.facts['region']}"
    shown = inv("bench.results", "--bucket", bucket, run_id, environment=account.environment)
    assert shown.code == 0, shown.output
    assert f"{run_id}: 3 benchmarks\n  " in shown.output
    assert "  Uploaded by the instance itself, at " in shown.output
    back = tool.bench(run_id, suite=suite)
    faults_met.ends(back.result.code, back.result.output)
    assert "It had measured to its end, so that nothing is lost." in " ".join(back.result.output.split())
    results = json.loads((here / "results.json").read_text())
    assert (len(results["measurements"]), results["partial"]) == (3, None)
    assert all(one["samples"] for one in results["measurements"])
    assert found.items() <= account.uploaded(run_id).items()
    assert f"{folder}manifest.json" in account.uploaded(run_id)
