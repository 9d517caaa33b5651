"""EC2 takes a spot instance back: with its notice, without one, and before anything was measured."""

from __future__ import annotations

import json

import pytest

from tests.integration.conftest import Account, Tool, inv, wait_for
from tests.integration.faults.conftest import LONG, Faults, check_first_is_kept, until_told, wait_for_first
from tests.support import host_uploads

SPOT = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}


def upload_as_host(account: Account, tool: Tool, run_id: str, instance_id: str) -> tuple[str, dict[str, bytes]]:
    """What a host that measured one of three benchmarks before it was taken back has uploaded by itself.

    Returns the folder's key, and the files.
    """
    s3, bucket = account.client("s3"), f"benchmarks-123456789012-{account.facts['region']}"
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix="results/")["Contents"]]
    (request,) = [key for key in keys if key.endswith(f"_{run_id}/run.json")]
    folder = f"{request.removesuffix('run.json')}{instance_id}/1/"
    files = {
        "benchmark.log": tool.kept_log(run_id) + b"It was taken back.\n",
        "criterion.tar.gz": host_uploads.archive("sum/100", target="tiny"),
    }
    run = ("success", "killed", "TERM", "spot-notice")
    said = host_uploads.manifest(files, run_id=run_id, host=instance_id, run=run, stopped="spot-notice")
    for key, content in host_uploads.objects(files, said, folder).items():
        s3.put_object(Bucket=bucket, Key=key, Body=content, ChecksumAlgorithm="SHA256", IfNoneMatch="*")
    return folder, files


@pytest.mark.fault("EC2 takes the spot instance back with its notice", code=1, seconds=150)
def test_a_spot_instance_stops_and_uploads_within_its_notice(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    account.make_template(run_id, InstanceMarketOptions=SPOT)
    suite, _ = until_told(account, tool, run_id)
    wrapper = tool.start(run_id, "--launch-template", run_id, suite=suite)
    wait_for_first(tool, run_id)
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    account.admin("PUT", f"instance/{instance['InstanceId']}/spot", {"after_seconds": 110})
    wait_for(lambda: account.said_by_host(run_id) is not None, "the instance to upload", 100)
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)

    assert "was stopped because EC2 takes the spot instance back; what it had written was kept" in " ".join(
        output.split()
    )
    said = account.said_by_host(run_id)
    assert said
    assert (said.run, said.stopped) == (("success", "killed", "TERM", "spot-notice"), "spot-notice")
    found = account.uploaded(run_id)
    folder = f"{instance['InstanceId']}/1/"
    assert b"sum/100" in found[f"{folder}benchmark.log"]
    # What is published from here is in the same folder: nothing has changed since.
    assert f"{folder}manifest.json" in found
    assert {key.split("/")[1] for key in found if "/" in key} == {"1"}
    check_first_is_kept(account, tool, run_id, 1)


@pytest.mark.fault("EC2 takes the spot instance back at once", code=1, seconds=90)
def test_a_spot_instance_that_is_taken_back_is_told_of_and_what_it_has_uploaded_is_fetched_and_published(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    # Without a role, it is the test that decides what the instance has uploaded.
    account.make_template(run_id, InstanceMarketOptions=SPOT, IamInstanceProfile=None)
    wrapper = tool.start(run_id, "--launch-template", run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement")
    (instance,) = account.instances(run_id)
    assert instance["InstanceLifecycle"] == "spot"
    faults_met.strikes()
    account.admin("PUT", f"instance/{instance['InstanceId']}/spot", {"after_seconds": 0})
    folder, files = upload_as_host(account, tool, run_id, instance["InstanceId"])
    # Until it is known here that the host is lost, others read what it has uploaded.
    bucket = f"benchmarks-123456789012-{account.facts['region']}"
    shown = inv("bench.results", "--bucket", bucket, run_id, environment=account.environment)
    assert shown.code == 0, shown.output
    assert f"{run_id}: 1 benchmark, partial\n  " in shown.output
    assert "  1 of 3 benchmarks were measured: The benchmark run was stopped because EC2 takes the " in shown.output
    assert "  Uploaded by the instance itself, at " in shown.output
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)

    told = " ".join(output.split())
    assert f"EC2 took back the spot instance {instance['InstanceId']} (Server.SpotInstanceTermination): " in told
    attempt = tool.runs / run_id / instance["InstanceId"] / "1"
    for name, content in files.items():
        assert (attempt / name).read_bytes() == content
    assert f"{folder}, and verified: benchmark.log, criterion.tar.gz." in told
    assert "Measured  1 of 3 benchmarks, partial" in output
    results = json.loads((attempt / "results.json").read_text())
    assert results["partial"].startswith("1 of 3 benchmarks were measured: EC2 took back the spot instance ")
    # It is published beside what the host has uploaded, of which nothing is sent again.
    assert json.loads((attempt / "published.json").read_text())["prefix"] == folder


@pytest.mark.fault("EC2 takes the spot instance back before it measures", code=1, seconds=60)
def test_a_spot_instance_that_is_taken_back_before_it_measures_is_told_of_as_such(
    account: Account, tool: Tool, run_id: str, faults_met: Faults
) -> None:
    account.make_template(run_id, InstanceMarketOptions=SPOT)
    wrapper = tool.start(run_id, "--launch-template", run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: any((tool.runs / run_id).glob("*/ready.json")), "the instance to be ready")
    (instance,) = account.instances(run_id)
    faults_met.strikes()
    account.admin("PUT", f"instance/{instance['InstanceId']}/spot", {"after_seconds": 0})
    output, _ = wrapper.communicate(timeout=180)
    faults_met.ends(wrapper.returncode, output)

    told = " ".join(output.split())
    assert f"EC2 took back the spot instance {instance['InstanceId']} (Server.SpotInstanceTermination): " in told
    assert "does not answer over SSH" not in told
