"""The main job from launch to the end, on a sandbox, by every way in that needs an account."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shlex
import shutil
import stat
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
from playwright.sync_api import expect

from tests.integration.conftest import CRATES, ROOT, Account, Run, Tool, changed_tasks, check_build_and_activity, inv
from tests.support import secret_search
from tests.support.aws_clients import client
from tests.support.browser import benchmarks, chromium, opened
from tests.support.events import brief


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def check_whole(run: Run, account: Account) -> None:
    """What holds after every run that succeeded, seen from outside the tool."""
    assert run.result.code == 0, run.result.output
    assert account.states(run.directory.name) == ["terminated"]
    published = run.record(f"{run.host.name}/1/published.json")
    s3 = account.client("s3")
    for name, key in published["keys"].items():
        stored = s3.get_object(Bucket=published["bucket"], Key=key)["Body"].read()
        assert sha256(stored) == sha256((run.attempt / name).read_bytes())
    with urllib.request.urlopen(published["link"], timeout=30) as answer:
        assert answer.read() == (run.attempt / "benchmark.log").read_bytes()


def test_a_run_brings_numbers_back_and_leaves_nothing_running(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.bench(run_id)

    check_whole(run, account)
    for text in ("sum/10000", "95% interval", "s3://", "Cost", "c7i.large for", "Stages", "preflight"):
        assert text in run.result.output
    published = run.record(f"{run.host.name}/1/published.json")
    key = r"results/tiny/\d{4}-\d\d-\d\dT\d{6}Z_c7i\.large_1c_" + run_id + f"/{run.host.name}/1/benchmark.log"
    assert re.fullmatch(key, published["keys"]["benchmark.log"])
    record = run.record(f"{run.host.name}/1/toolchain.json")
    assert record["host"]["rustc"].startswith("rustc 1.")
    assert record["host"]["cpu_model"]
    assert record["host"]["crates"] == 1
    assert run.record("preflight.json")["endpoint"] == account.facts["endpoint_url"]
    (launched,) = run.record("instances.json")["instances"]
    (there,) = account.instances(run_id)
    assert (launched["ami"], launched["zone_id"]) == (there["ImageId"], there["Placement"]["AvailabilityZoneId"])
    assert (launched["tenancy"], launched["lifecycle"], launched["cpu_credits"]) == ("default", "on-demand", None)
    manifest = run.record(f"{run.host.name}/1/manifest.json")
    assert manifest["files"]["benchmark.log"]["sha256"] == sha256((run.attempt / "benchmark.log").read_bytes())
    assert datetime.fromisoformat(manifest["started"])
    check_build_and_activity(run)
    check_results(run, account)
    check_events(run, published["link"])


def check_events(run: Run, link: str) -> None:
    """What has happened is told from the first to the last, and no secret with it."""
    told = [event for event in brief(run.directory) if not event[0].startswith(("build-", "measurement-"))]
    (begun, _, *_), (*_, ended) = told, told
    assert (begun, ended) == (("run-begun", "benchmark"), ("run-ended", False))
    assert [event[0] for event in told if event[0].startswith("instance-")] == [
        *("instance-launched", "instance-ready", "instance-terminated"),
    ]
    stages = ("preflight", "launch", "toolchain", "benchmark", "collect", "report", "publish", "terminate")
    assert list(dict.fromkeys(event[2] for event in told if event[0] == "stage-begun")) == list(stages)
    assert {event[3] for event in told if event[0] == "stage-ended"} <= {"done", "skipped"}
    assert link not in (run.directory / "events.jsonl").read_text()


def check_results(run: Run, account: Account) -> None:
    """The record of results is complete, and says the same wherever it is read from."""
    record = run.record(f"{run.host.name}/1/results.json")
    schema = json.loads((ROOT / "docs/schemas/results.json").read_text())
    jsonschema.validate(record, schema)
    assert record["tool"]["endpoint"] == account.facts["endpoint_url"]
    assert record["platform"]["instance_type"] == "c7i.large"
    assert record["platform"]["zone_id"]
    assert record["code"]["rustc"].startswith("rustc 1.")
    assert record["code"]["executables"].keys() == {"tiny"}
    assert record["money"]["cost_usd"] > 0
    for one in record["measurements"]:
        assert (one["unit"], one["instance"], one["harness"]) == ("ns", run.host.name, "criterion")
        assert len(one["samples"]["values"]) == len(one["samples"]["iterations"]) >= 10
        assert datetime.fromisoformat(one["started"]) <= datetime.fromisoformat(one["ended"])

    with chromium() as browser, opened(browser, run.attempt / "report/index.html") as page:
        assert sorted(benchmarks(page)) == sorted(one["id"] for one in record["measurements"])
        assert page.locator(".plot svg").count() > 0
        expect(page.get_by_text(account.facts["endpoint_url"]).first).to_be_visible()
    assert f"Page      {run.attempt}/report/index.html" in run.result.output
    published = run.record(f"{run.host.name}/1/published.json")
    assert published["keys"]["report/index.html"].endswith("/1/report/index.html")
    (table,) = re.findall(r"^benchmark .*?^(?=\n)", run.result.output, re.MULTILINE | re.DOTALL)
    estimates = {line.split()[0]: " ".join(line.split()[1:3]) for line in table.splitlines()[1:]}
    assert estimates.keys() == {one["id"] for one in record["measurements"]}
    for source in (run.directory.name, "latest", str(run.attempt / "results.json"), published["uri"]):
        shown = inv("bench.results", source, "--runs-dir", str(run.directory.parent), environment=account.environment)
        assert shown.code == 0, shown.output
        assert f"Measured through {account.facts['endpoint_url']}, which is not AWS" in shown.output
        for id, estimate in estimates.items():
            assert re.search(rf"^{re.escape(id)} +{re.escape(estimate)} ", shown.output, re.MULTILINE)
    listed = inv("bench.results", "--bucket", published["bucket"], "--suite", "tiny", environment=account.environment)
    assert re.search(rf"^{run.directory.name} .* c7i\.large +1$", listed.output, re.MULTILINE), listed.output
    chosen = inv("bench.results", "--bucket", published["bucket"], run.directory.name, environment=account.environment)
    assert all(estimate in re.sub(" +", " ", chosen.output) for estimate in estimates.values()), chosen.output
    linked = inv(
        "bench.results", "latest", "--link", "--runs-dir", str(run.directory.parent), environment=account.environment
    )
    with urllib.request.urlopen(linked.output.splitlines()[1], timeout=30) as answer:
        assert answer.read() == (run.attempt / "benchmark.log").read_bytes()


def odd(tool: Tool) -> tuple[Tool, Path, Path]:
    """The tool with paths that are hard to quote; a suite and a key there."""
    odd = replace(tool, runs=tool.runs / "my rüns [100%] it's")
    shutil.copytree(CRATES / "tiny", odd.runs / "my crate")
    key = odd.runs / "100% mine.pem"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True, stdin=subprocess.DEVNULL)
    return odd, odd.suite("my suite", source={"path": "my crate"}), key


def test_paths_are_whole_whatever_they_are_called(account: Account, tool: Tool, run_id: str) -> None:
    # A socket's path has 107 characters at most, and ssh's are below the home unless they are told to be elsewhere.
    home = tool.runs / ("h" * 100)
    home.mkdir()
    tool, suite, key = odd(tool)
    far = replace(tool, account=replace(account, home=home))
    check_whole(far.bench(run_id, "--key-file", str(key), suite=suite), account)


def test_secrets_of_who_runs_are_nowhere_but_with_them(account: Account, tool: Tool, run_id: str) -> None:
    tool, suite, key = odd(tool)
    variables, token = account.runner.variables, secrets.token_hex(20)
    key_of_runner = {
        "access_key_id": variables["AWS_ACCESS_KEY_ID"],
        "secret_access_key": variables["AWS_SECRET_ACCESS_KEY"],
    }
    made = client({**account.facts, **key_of_runner}, "sts").get_session_token()["Credentials"]
    planted = {
        "AWS_SECRET_ACCESS_KEY": made["SecretAccessKey"],
        "AWS_SESSION_TOKEN": made["SessionToken"],
        "GITHUB_TOKEN": f"ghp_{token}",
        "DATABASE_PASSWORD": f"pass-{token}",
    }
    me = replace(account.runner, variables={"AWS_ACCESS_KEY_ID": made["AccessKeyId"], **planted})
    mine = replace(tool, account=replace(account, runner=me))

    with secret_search.watched_processes() as seen:
        run = mine.playbook(run_id, "-vvv", "-e", json.dumps({"key_file": str(key)}), suite=suite)

    check_whole(run, account)
    assert json.loads((run.attempt / "manifest.json").read_text())["suite"]["name"] == "my suite"
    arguments, environments = b"\n".join(seen.arguments), b"\n".join(seen.environments)
    # What was looked at is what there was to see: processes here and on the host, and Ansible at its most talkative.
    assert b"ansible-playbook" in arguments
    assert b"cargo bench" in arguments
    assert b"HOME=" in environments
    assert "ESTABLISH SSH CONNECTION" in run.result.output
    published = run.record(f"{run.host.name}/1/published.json")
    s3 = account.client("s3")
    objects: dict[str, bytes] = {}
    for name in published["keys"].values():
        stored = s3.get_object(Bucket=published["bucket"], Key=name)["Body"].read()
        objects |= secret_search.unpacked(f"s3:{name}", stored)
    files = secret_search.contents(run.directory)
    assert any("criterion" in name and ".tar" in name for name in files)
    places = {
        "the output": run.result.output.encode(),
        "a command line": arguments,
        "an environment on the host": environments,
        **files,
        **objects,
    }
    sought = {**planted, "the private key": key.read_text().splitlines()[2]}
    assert secret_search.leaks(sought, places.items()) == []


def test_what_was_kept_is_launched_as_documented_and_ended_by_the_printed_command(
    account: Account, tool: Tool, run_id: str
) -> None:
    run = tool.bench(run_id, "--keep", "--cpu", "1", "--region", account.facts["region"])

    assert run.result.code == 0, run.result.output
    assert "✓ terminate" not in run.result.output
    parameters = (run.directory / "parameters.yml").read_bytes()
    (instance,) = account.instances(run_id)
    elsewhere = {**account.environment, "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1"}
    try:
        check_launched(run, instance, account)
        refused = inv("bench.terminate", "--run-id", run_id, "--runs-dir", str(tool.runs), environment=elsewhere)
        assert refused.code == 2
        assert f"The run {run_id} has launched in us-east-1, not in eu-west-1" in refused.output
        assert account.states(run_id) == ["running"]
        (printed,) = re.findall(r"^ +\./inv (bench\.terminate .*)$", run.result.output, re.MULTILINE)
        ended = inv(*shlex.split(printed), environment=elsewhere)
        assert ended.code == 0, ended.output
        assert f"  Ended {instance['InstanceId']}; nothing of the run is left." in ended.output
        assert account.states(run_id) == ["terminated"]
        assert (run.directory / "parameters.yml").read_bytes() == parameters
    finally:
        account.client("ec2").terminate_instances(InstanceIds=[instance["InstanceId"]])


def check_launched(run: Run, instance: dict[str, Any], account: Account) -> None:
    """What holds of every instance while it runs."""
    tags = {tag["Key"]: tag["Value"] for tag in instance["Tags"]}
    assert tags["benchmarks:run"] == run.directory.name
    assert {"benchmarks:owner", "benchmarks:expires", "benchmarks:version"} <= tags.keys()
    assert instance["State"]["Name"] == "running"
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert [group["GroupName"] for group in instance["SecurityGroups"]] == ["benchmarks"]
    behaviour = account.client("ec2").describe_instance_attribute(
        InstanceId=instance["InstanceId"], Attribute="instanceInitiatedShutdownBehavior"
    )
    assert behaviour["InstanceInitiatedShutdownBehavior"]["Value"] == "terminate"
    for name in ("host", "login"):
        assert stat.S_IMODE((run.directory / "keys" / name).stat().st_mode) == 0o600
    assert f"HostKeyAlias={instance['InstanceId']}" in run.result.output


def test_a_host_that_never_answered_is_not_waited_for_once_more(account: Account, tool: Tool, run_id: str) -> None:
    asked = ["bench", "--host", "nobody@127.9.9.9:2", "--suite", str(CRATES / "tiny.yml"), "--run-id", run_id]
    ended = inv(*asked, "--runs-dir", str(tool.runs), environment=account.environment_without_aws)
    assert ended.code == 1
    assert "127.9.9.9 does not answer over SSH: " in ended.output
    noted = json.loads((tool.runs / run_id / "stages.json").read_text())["stages"]
    assert {stage["name"] for stage in noted} == {"preflight", "toolchain"}


def stage_seconds(run: Run) -> list[dict[str, float]]:
    """How long the stages on the host took in each call of a run, in order."""
    calls: list[dict[str, float]] = []
    for line in (run.directory / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["event"] in ("run-begun", "run-continued"):
            calls.append({})
        elif event["event"] == "stage-ended" and event["host"] != "localhost":
            calls[-1][event["stage"]] = calls[-1].get(event["stage"], 0.0) + event["seconds"]
    return calls


def test_running_twice_launches_once_and_changes_nothing(account: Account, tool: Tool, run_id: str) -> None:
    first = tool.playbook(run_id, "-e", '{"keep": true}')
    second = tool.playbook(run_id, "-e", '{"keep": true}')

    try:
        assert first.result.code == 0, first.result.output
        assert second.result.code == 0, second.result.output
        assert len(account.instances(run_id)) == 1
        assert changed_tasks(first.result.output, "launch")
        assert changed_tasks(second.result.output, "launch") == []
        assert changed_tasks(second.result.output, "toolchain") == []
        assert changed_tasks(second.result.output, "benchmark") == []
        assert changed_tasks(second.result.output, "collect") == []
        # What is finished is looked at by a few commands.
        for done in ("toolchain : Gather the facts about the system", "collect : Criterion | Fetch the archive"):
            assert f"TASK [{done}]" in first.result.output
        assert "TASK [toolchain : Gather the facts about the system]" not in second.result.output
        # Nothing is measured or uploaded again; only that the host is to be kept is told it each time.
        upload = "TASK [benchmark : Upload | Copy the records to the host, and start the unit that uploads"
        assert [run.result.output.count(upload) for run in (first, second)] == [2, 1]
        assert "TASK [benchmark : Run the step in its own systemd unit and follow it]" not in second.result.output
        once, again = stage_seconds(second)
        finished = ("toolchain", "benchmark", "collect")
        assert sum(again[name] for name in finished) < sum(once[name] for name in finished) * 0.8
        back = tool.attach(run_id)
        assert back.result.code == 0, back.result.output
        assert "toolchain" not in stage_seconds(back)[-1]
    finally:
        ids = [instance["InstanceId"] for instance in account.instances(run_id)]
        account.client("ec2").terminate_instances(InstanceIds=ids)


def test_an_answer_that_is_lost_does_not_launch_a_second_instance(
    account: Account, tool: Tool, run_id: str, faults: Callable[[list[dict[str, Any]]], None]
) -> None:
    faults([{"action": "RunInstances", "reset": True, "late": True, "times": 1}])

    run = tool.bench(run_id)

    check_whole(run, account)


def test_capacity_error_moves_to_the_next_zone(
    account: Account, tool: Tool, run_id: str, faults: Callable[[list[dict[str, Any]]], None]
) -> None:
    first_zone = f"{account.facts['region']}a"
    fault = {"action": "RunInstances", "availability_zone": first_zone, "error": "InsufficientInstanceCapacity"}
    faults([{**fault, "times": 50}])

    run = tool.bench(run_id)

    check_whole(run, account)
    assert [i["Placement"]["AvailabilityZone"] for i in account.instances(run_id)] != [first_zone]


def test_a_spot_instance_with_its_templates_interface_goes_to_the_next_zone_and_brings_numbers_back(
    account: Account, tool: Tool, run_id: str, faults: Callable[[list[dict[str, Any]]], None]
) -> None:
    (group,) = account.client("ec2").describe_security_groups(GroupNames=["benchmarks"])["SecurityGroups"]
    interface = {"DeviceIndex": 0, "Groups": [group["GroupId"]], "AssociatePublicIpAddress": True}
    market = {"MarketType": "spot", "SpotOptions": {"SpotInstanceType": "one-time"}}
    account.make_template(
        run_id, NetworkInterfaces=[interface], SecurityGroupIds=None, SecurityGroups=None, InstanceMarketOptions=market
    )
    first_zone = f"{account.facts['region']}a"
    faults([{"action": "RunInstances", "availability_zone": first_zone, "error": "InsufficientInstanceCapacity"}])

    run = tool.bench(run_id, "--launch-template", run_id)

    check_whole(run, account)
    (launched,) = run.record("instances.json")["instances"]
    assert launched["lifecycle"] == "spot"
    assert launched["zone"] != first_zone
    assert "c7i.large is a spot instance here: it costs $" in " ".join(run.result.output.split())
    assert " at a spot price of $" in " ".join(run.result.output.split())


def test_no_capacity_anywhere_is_said_and_leaves_nothing(
    account: Account, tool: Tool, run_id: str, faults: Callable[[list[dict[str, Any]]], None]
) -> None:
    faults([{"action": "RunInstances", "error": "InsufficientInstanceCapacity", "times": 100}])

    run = tool.bench(run_id)

    assert run.result.code == 1, run.result.output
    assert "EC2 has no capacity for c7i.large in" in run.result.output
    assert account.instances(run_id) == []


def test_a_build_that_fails_shows_the_compilers_error(
    account: Account, tool: Tool, run_id: str, tmp_path: Path
) -> None:
    crate = tmp_path / "broken"
    (crate / "benches").mkdir(parents=True)
    (crate / "Cargo.toml").write_text(
        '[package]\nname = "broken"\nversion = "0.1.0"\nedition = "2021"\n'
        '[lib]\npath = "lib.rs"\n[[bench]]\nname = "b"\nharness = false\n'
    )
    (crate / "lib.rs").write_text("")
    (crate / "benches/b.rs").write_text("fn main() { let x: u32 = nonesuch; }\n")

    suite = tool.suite("broken", source={"path": str(crate)}, package="broken", benches=["b"])
    run = tool.bench(run_id, suite=suite)

    assert run.result.code == 1, run.result.output
    assert "The build failed with exit status 101: cannot find value `nonesuch` in this scope." in run.result.output
    assert "Traceback" not in run.result.output
    assert account.states(run_id) == ["terminated"]
    published = run.record(f"{run.host.name}/1/published.json")
    stored = account.client("s3").get_object(Bucket=published["bucket"], Key=published["keys"]["benchmark.log"])
    assert b"nonesuch" in stored["Body"].read()
    assert run.record(f"{run.host.name}/1/manifest.json")["failures"]


def test_a_benchmark_that_fails_unwatched_keeps_what_there_is(account: Account, tool: Tool, run_id: str) -> None:
    left = tool.playbook(run_id, "-e", '{"detach": true}', suite=tool.suite("failing", environment={"TINY_FAIL": "1"}))
    assert left.result.code == 0, left.result.output
    assert f"To come back to it: ./inv bench.attach {run_id} " in left.result.output
    assert account.states(run_id) == ["running"]

    # It has failed while nobody followed it, and is not measured a second time.
    run = tool.attach(run_id)
    assert run.result.code == 1, run.result.output
    assert run.attempt.name == "1"
    assert "The benchmark run failed with exit status 101: the target tiny panicked at " in run.result.output
    assert ": TINY_FAIL is set." in run.result.output
    assert account.states(run_id) == ["terminated"]
    assert "sum/100 " in run.result.output
    assert (run.attempt / "criterion/tiny/sum/100/new/sample.json").exists()


@dataclass
class Shown:
    """What a run shows on its standard output, and how late it shows the times that the tiny crate prints."""

    output: bytes = b""
    lags: list[float] = field(default_factory=list)

    def read(self, process: subprocess.Popen[bytes], times: int) -> None:
        """Until the output has that many more times, or ends."""
        assert process.stdout
        wanted = len(self.lags) + times
        while len(self.lags) < wanted and (chunk := os.read(process.stdout.fileno(), 2**16)):
            now = time.time()
            self.output += chunk
            told = re.findall(rb"^at (\d+\.\d+)$", self.output[: self.output.rfind(b"\n") + 1], re.MULTILINE)
            self.lags += [now - float(one) for one in told[len(self.lags) :]]


def test_the_log_is_shown_as_it_is_written_whatever_happens_to_the_connection_and_too_few_benchmarks_are_no_success(
    account: Account, tool: Tool, run_id: str
) -> None:
    suite = tool.suite("partial", expected=4, environment={"TINY_TIMES": "45"})
    command = [str(ROOT / "inv"), *tool.arguments(run_id, suite), "--tail"]
    shown, errors = Shown(), tool.runs / "errors"
    with (
        errors.open("wb") as stderr,
        subprocess.Popen(command, env=account.environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr) as process,
    ):
        shown.read(process, 30)
        (instance,) = account.instances(run_id)
        account.execute(instance["InstanceId"], "pkill -u benchmarks sshd")
        shown.read(process, sys.maxsize)

    said = errors.read_text()
    assert process.returncode == 1, said
    assert "3 of 4 benchmarks were measured." in said
    (kept,) = tool.runs.glob(f"{run_id}/*/1/benchmark.log")
    log = kept.read_bytes()
    # Nothing but the log, which ends within a line, between the stages.
    before, _, after = shown.output.partition(log)
    assert re.search("✓ toolchain .* s\n$".encode(), before), shown.output
    assert after.startswith("\n✓ benchmark ".encode()), shown.output
    assert bytes(range(256)) + b"\r\n\x1b[31mred\x1b[0m 1%\r2%\r\n\n" in log
    published = json.loads((kept.parent / "published.json").read_text())
    stored = account.client("s3").get_object(Bucket=published["bucket"], Key=published["keys"]["benchmark.log"])
    assert sha256(stored["Body"].read()) == sha256(log)
    lags = sorted(shown.lags[:30])
    assert statistics.median(lags) < 1, lags
    assert lags[26] < 1, lags
