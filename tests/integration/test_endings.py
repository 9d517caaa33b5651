"""Runs that are broken on purpose: no instance is left running without a word, and what was read is kept."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.integration.conftest import Account, Tool, inv, play, wait_for
from tests.support import host_uploads

LONG = {"TINY_SECONDS": "300"}
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


@pytest.mark.parametrize("size", ["2m", "28k", "20k", "8k"])
def test_a_disk_without_room_is_told_of_before_anything_is_launched(
    account: Account, tool: Tool, run_id: str, small_disk: Callable[[str], Path], size: str
) -> None:
    disk = small_disk(size)
    run = Tool(account, disk).bench(run_id)
    assert run.result.code == 2, run.result.output
    assert "Traceback" not in run.result.output
    assert "The runs directory" in run.result.output
    assert account.instances(run_id) == []


@pytest.mark.usefixtures("ended")
def test_an_instance_can_be_ended_where_no_directory_can_be_written(
    account: Account, tool: Tool, run_id: str, small_disk: Callable[[str], Path]
) -> None:
    kept = tool.launch(run_id)
    assert kept.result.code == 0, kept.result.output
    disk = small_disk("4k")
    (disk / "filler").write_bytes(b"\0" * 4096)

    # As from another machine: only the tag of the instance tells which run it is.
    ended = inv("bench.terminate", run_id[:-2], "--runs-dir", str(disk), environment=account.environment)

    assert ended.code == 0, ended.output
    assert f"{run_id[:-2]} is the run {run_id}." in ended.output
    assert "Nothing that it measured is saved, so that it is lost with its instance." in ended.output
    assert account.states(run_id) == ["terminated"]


def test_an_instance_that_dies_is_told_of_soon_and_its_log_is_kept_and_published(
    account: Account, tool: Tool, run_id: str
) -> None:
    wrapper = tool.start(run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement")
    (instance,) = account.instances(run_id)
    account.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])
    began = time.monotonic()
    output, _ = wrapper.communicate(timeout=180)

    assert time.monotonic() - began < 60, output
    assert wrapper.returncode == 1, output
    assert re.search(rf"{instance['InstanceId']} is (shutting-down|terminated): ", output), output
    assert b"sum/100" in tool.kept_log(run_id)
    assert "s3://" in output
    # It has uploaded what there was while it went down.
    said = account.said_by_host(run_id)
    assert said
    assert (said.run, said.stopped) == (("success", "killed", "TERM", "power-off"), "power-off")
    assert said.files["benchmark.log"].bytes >= len(tool.kept_log(run_id))


def test_a_spot_instance_that_is_taken_back_is_told_of_and_what_it_has_uploaded_is_fetched_and_published(
    account: Account, tool: Tool, run_id: str
) -> None:
    # Without a role, it is the test that decides what the instance has uploaded.
    account.make_template(run_id, InstanceMarketOptions=SPOT, IamInstanceProfile=None)
    wrapper = tool.start(run_id, "--launch-template", run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: tool.is_measuring(run_id), "the measurement")
    (instance,) = account.instances(run_id)
    assert instance["InstanceLifecycle"] == "spot"
    account.admin("PUT", f"instance/{instance['InstanceId']}/spot", {"after_seconds": 0})
    began = time.monotonic()
    folder, files = upload_as_host(account, tool, run_id, instance["InstanceId"])
    # Until it is known here that the host is lost, others read what it has uploaded.
    bucket = f"benchmarks-123456789012-{account.facts['region']}"
    shown = inv("bench.results", "--bucket", bucket, run_id, environment=account.environment)
    assert shown.code == 0, shown.output
    assert f"{run_id}: 1 benchmark, partial\n  " in shown.output
    assert "  1 of 3 benchmarks were measured: The benchmark run was stopped because EC2 takes the " in shown.output
    assert "  Uploaded by the instance itself, at " in shown.output
    output, _ = wrapper.communicate(timeout=180)

    assert time.monotonic() - began < 90, output
    assert wrapper.returncode == 1, output
    told = " ".join(output.split())
    assert f"EC2 took back the spot instance {instance['InstanceId']} (Server.SpotInstanceTermination): " in told
    assert "Traceback" not in output
    attempt = tool.runs / run_id / instance["InstanceId"] / "1"
    for name, content in files.items():
        assert (attempt / name).read_bytes() == content
    assert f"{folder}, and verified: benchmark.log, criterion.tar.gz." in told
    assert "Measured  1 of 3 benchmarks, partial" in output
    results = json.loads((attempt / "results.json").read_text())
    assert results["partial"].startswith("1 of 3 benchmarks were measured: EC2 took back the spot instance ")
    # It is published beside what the host has uploaded, of which nothing is sent again.
    assert json.loads((attempt / "published.json").read_text())["prefix"] == folder
    assert account.states(run_id) == ["terminated"]


def test_a_spot_instance_that_is_taken_back_before_it_measures_is_told_of_as_such(
    account: Account, tool: Tool, run_id: str
) -> None:
    account.make_template(run_id, InstanceMarketOptions=SPOT)
    wrapper = tool.start(run_id, "--launch-template", run_id, suite=tool.suite("long", environment=LONG))
    wait_for(lambda: any((tool.runs / run_id).glob("*/ready.json")), "the instance to be ready")
    (instance,) = account.instances(run_id)
    account.admin("PUT", f"instance/{instance['InstanceId']}/spot", {"after_seconds": 0})
    output, _ = wrapper.communicate(timeout=180)

    assert wrapper.returncode == 1, output
    told = " ".join(output.split())
    assert f"EC2 took back the spot instance {instance['InstanceId']} (Server.SpotInstanceTermination): " in told
    assert "does not answer over SSH" not in told
    assert account.states(run_id) == ["terminated"]


def test_an_instance_whose_template_protects_it_is_ended_all_the_same(
    account: Account, tool: Tool, run_id: str
) -> None:
    protected = {"DisableApiTermination": True, "DisableApiStop": True, "InstanceInitiatedShutdownBehavior": "stop"}
    account.make_template(run_id, **protected)

    run = tool.bench(run_id, "--launch-template", run_id)

    assert run.result.code == 0, run.result.output
    assert "DisableApiStop, DisableApiTermination, InstanceInitiatedShutdownBehavior" in run.result.output
    assert account.states(run_id) == ["terminated"]


def test_an_instance_that_is_protected_meanwhile_is_told_of_or_switched_off_from_inside(
    account: Account, tool: Tool, run_id: str, tmp_path: Path
) -> None:
    assert tool.launch(run_id).result.code == 0
    (instance,) = account.instances(run_id)
    ec2 = account.client("ec2")
    ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], DisableApiTermination={"Value": True})
    try:
        # Without the run's directory there is no key to log in with.
        elsewhere = ["--runs-dir", str(tmp_path / "elsewhere")]
        stuck = inv("bench.terminate", "--run-id", run_id, *elsewhere, environment=account.environment)
        assert stuck.code == 1, stuck.output
        assert "is protected from being ended" in stuck.output
        assert "--no-disable-api-termination" in stuck.output
        assert "an hour, and should switch itself off by" in stuck.output
        there = {"run_id": run_id, "runs_dir": str(tmp_path / "elsewhere")}
        plain = play("terminate", environment=account.environment, **there)
        assert plain.code == 2, plain.output
        assert "an hour, and should switch itself off by" in " ".join(plain.output.split())
        assert account.states(run_id) == ["running"]

        here = ["--runs-dir", str(tool.runs)]
        ended = inv("bench.terminate", "--run-id", run_id, *here, environment=account.environment)
        assert ended.code == 0, ended.output
        assert account.states(run_id) == ["terminated"]
        assert not (tool.runs / run_id / "keys").exists()
    finally:
        ec2.modify_instance_attribute(InstanceId=instance["InstanceId"], DisableApiTermination={"Value": False})
        ec2.terminate_instances(InstanceIds=[instance["InstanceId"]])


def test_what_plain_ansible_launches_is_ended_without_any_record(account: Account, tool: Tool, run_id: str) -> None:
    def remove() -> None:
        wait_for(lambda: (tool.runs / run_id / "machine.json").exists(), "the toolchain")
        shutil.rmtree(tool.runs / run_id)

    remover = threading.Thread(target=remove)
    remover.start()
    # The host's key is gone with the directory, so nobody can log in any more.
    run = tool.playbook(run_id, "-e", "launch_connect_timeout=10", suite=tool.suite("short"))
    remover.join()

    assert run.result.code != 0
    assert account.states(run_id) == ["terminated"], run.result.output
