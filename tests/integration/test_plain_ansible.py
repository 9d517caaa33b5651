"""Playbooks and roles as those use them who know Ansible: check mode, tags, limits, a project of their own."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from benchmarks.host import activity
from tests.integration.conftest import ROOT, TIMEOUT, Account, Run, Tool, changed_tasks, check_build_and_activity
from tests.support.events import brief

BIN = ROOT / ".venv/bin"
ELSEWHERE = Path(__file__).parent / "elsewhere"
KEPT = ("-e", '{"keep": true}')


def there(run: Run, account: Account) -> dict[str, Any]:
    """The only instance of a run, as EC2 describes it."""
    assert run.result.code == 0, run.result.output
    (instance,) = account.instances(run.directory.name)
    return instance


def test_check_mode_shows_what_would_be_launched_and_launches_nothing(
    account: Account, tool: Tool, run_id: str
) -> None:
    run = tool.playbook(run_id, "--check", "--diff")

    assert run.result.code == 0, run.result.output
    for line in ("instance type: c7i.large, 1 cores, 2 threads each", "launch template: benchmarks, version 1"):
        assert f"+{line}\n" in run.result.output
    assert account.instances(run_id) == []
    assert not [name for name in ("instances.json", "run.json") if (run.directory / name).exists()]
    assert account.uploaded(run_id) == {}


def test_terminate_runs_whatever_the_tags_are(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.playbook(run_id, "--tags", "launch", "-e", '{"instance_type": "t3.large"}')

    assert there(run, account)["State"]["Name"] == "terminated"
    (launched,) = run.record("instances.json")["instances"]
    assert (launched["instance_type"], launched["cpu_credits"]) == ("t3.large", "unlimited")
    (planned,) = run.record("preflight.json")["launches"]
    # Two vCPUs at the rate of the family.
    assert planned["cpu_credits"]["usd_per_hour"] == 0.1
    assert not list(run.directory.glob("*/toolchain.json"))


def test_a_limit_that_leaves_out_every_host_is_no_success(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.playbook(run_id, "--limit", "localhost")

    (instance,) = account.instances(run_id)
    assert run.result.code == 2, run.result.output
    told = f"--limit localhost leaves out every host of the run: {instance['InstanceId']}."
    assert told in " ".join(run.result.output.split())
    assert instance["State"]["Name"] == "terminated"


def test_a_stage_of_a_run_that_has_no_host_is_no_success(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.playbook(run_id, "--tags", "publish")

    assert run.result.code == 2, run.result.output
    told = f"The run {run_id} has no host, so nothing was done of publish: check run_id and runs_dir."
    assert told in " ".join(run.result.output.split())
    assert account.instances(run_id) == []


@pytest.mark.usefixtures("ended")
def test_stages_can_be_run_one_by_one(
    account: Account, tool: Tool, run_id: str, faults: Callable[[list[dict[str, Any]]], None], tmp_path: Path
) -> None:
    launched = tool.launch(run_id)
    instance = there(launched, account)["InstanceId"]
    # A profile beside the keys, which count.
    (tmp_path / "config").write_text("[profile other]\n")
    with_profile = partial(ansible, AWS_PROFILE="other", AWS_CONFIG_FILE=str(tmp_path / "config"))

    # More often than botocore tries by itself.
    faults([{"action": "DescribeInstances", "error": "RequestLimitExceeded", "status": 503, "times": 5}])
    given = json.dumps({"run_id": run_id, "runs_dir": str(tool.runs)})
    assert instance in with_profile(account, "--graph", "launched", "-e", given, program="ansible-inventory")

    suite = tool.suite("slow", rustflags="-C target-cpu=native", environment={"TINY_SECONDS": "3.6"})
    checked = tool.playbook(run_id, "--check", "--diff", *KEPT, suite=suite)
    assert checked.result.code == 0, checked.result.output
    assert changed_tasks(checked.result.output, "launch") == []
    assert re.search(r"The build would be: /usr/bin/cargo bench .*--no-run", checked.result.output)
    assert not [*checked.directory.glob("*/1/benchmark.log"), *checked.directory.glob("*/1/build.json")]

    limit = ("--limit", f"localhost,{instance}")
    measured = tool.playbook(run_id, "--tags", "toolchain,benchmark", *limit, *KEPT, suite=suite)
    assert measured.result.code == 0, measured.result.output
    assert not list(measured.directory.glob("*/1/criterion*"))

    brought = tool.playbook(run_id, "--tags", "collect,publish", *limit, *KEPT, suite=suite)
    assert brought.result.code == 0, brought.result.output
    assert changed_tasks(brought.result.output, "toolchain") == []
    check_build_and_activity(brought)
    check_times(brought)
    published = brought.record(f"{instance}/1/published.json")
    assert account.client("s3").head_object(Bucket=published["bucket"], Key=published["keys"]["benchmark.log"])
    assert account.states(run_id) == ["running"]

    told = [event for event in brief(brought.directory) if not event[0].startswith("stage-")]
    assert told == [
        ("run-begun", "benchmark"),
        ("instance-launched", instance, *told[1][2:]),
        ("run-ended", False),
        ("run-continued", "benchmark"),
        ("instance-ready", instance, True),
        ("attempt-begun", instance, 1, False),
        ("build-begun", instance, f"benchmarks-{run_id}-1-build", False),
        ("build-ended", instance, f"benchmarks-{run_id}-1-build", "success"),
        ("measurement-begun", instance, f"benchmarks-{run_id}-1-run", False),
        ("measurement-ended", instance, f"benchmarks-{run_id}-1-run", "success"),
        ("run-ended", False),
        ("run-continued", "benchmark"),
        ("published", instance, 1, published["uri"]),
        ("run-ended", False),
    ]

    would_end = ending(tool, run_id, "--check")
    assert "changed=1" in would_end
    assert account.states(run_id) == ["running"]
    assert "changed=1" in ending(tool, run_id)
    assert account.states(run_id) == ["terminated"]
    assert brief(brought.directory)[-1][:2] == ("instance-terminated", instance)
    assert "changed=0" in ending(tool, run_id)


@pytest.mark.usefixtures("ended")
def test_a_run_is_ended_by_who_ends_it_and_launched_again_by_who_launches_it(
    account: Account, tool: Tool, run_id: str
) -> None:
    planned = tool.playbook(run_id, "--tags", "preflight")
    assert planned.result.code == 0, planned.result.output
    # Nobody has ended it.
    assert not (planned.directory / "terminated.json").exists()

    assert "changed=0" in ending(tool, run_id)
    assert planned.record("terminated.json")["instances"] == []
    checked = tool.playbook(run_id, "--check")
    assert checked.result.code == 0, checked.result.output
    back = tool.attach(run_id).result
    assert back.code == 2, back.output
    assert f"The run {run_id} was ended before it had measured anything" in " ".join(back.output.split())
    assert account.launches(run_id) == 0

    launched = tool.launch(run_id)
    assert launched.result.code == 0, launched.result.output
    ended = launched.record("terminated.json")
    assert (ended["instances"], ended["launched_anew"]) == ([], True)
    assert account.states(run_id) == ["running"]


def check_times(run: Run) -> None:
    """Each of the three benchmarks has run for 1.2 s, one after the other; times are noted once a second."""
    log = (run.attempt / "benchmark.log").read_bytes()
    looks = activity.read((run.attempt / "activity").read_text())
    begins = [log.index(f"Benchmarking sum/{n}\n".encode()) for n in (100, 1000, 10000)]
    spans = [activity.between(looks, begin, end) for begin, end in zip(begins, [*begins[1:], len(log)], strict=True)]
    assert all(spans)
    times = [time for span in spans if span for time in (span.started, span.ended)]
    assert times == sorted(times)
    assert 2 < (times[-1] - times[0]).total_seconds() < 60


def ending(tool: Tool, run_id: str, *more: str) -> str:
    """What Ansible says of playbooks/terminate.yml."""
    given = json.dumps({"run_id": run_id, "runs_dir": str(tool.runs)})
    return ansible(tool.account, "playbooks/terminate.yml", "-e", given, *more)


def ansible(
    account: Account, *words: str | Path, program: str = "ansible-playbook", cwd: Path = ROOT, **environment: str
) -> str:
    """The output of one of Ansible's programs that has to succeed."""
    done = subprocess.run(
        [BIN / program, *words],
        cwd=cwd,
        env={**account.environment, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.usefixtures("ended")
def test_roles_serve_a_project_of_its_own(account: Account, tool: Tool, run_id: str, tmp_path: Path) -> None:
    launched = tool.launch(run_id)
    instance = there(launched, account)
    login = [
        f"-o UserKnownHostsFile={launched.directory}/known_hosts",
        f"-o HostKeyAlias={instance['InstanceId']}",
        "-o StrictHostKeyChecking=yes -o IdentitiesOnly=yes -F none",
    ]
    command: list[str | Path] = [
        "site.yml", "-i", f"{instance['PublicIpAddress']},", "-u", "benchmarks",
        "--private-key", launched.directory / "keys/login",
        "-e", json.dumps({"ansible_port": account.facts["ssh_port"], "my_results": str(tmp_path / "results")}),
    ]  # fmt: skip
    first = ansible(account, *command, cwd=ELSEWHERE, ANSIBLE_SSH_COMMON_ARGS=" ".join(login))
    second = ansible(account, *command, cwd=ELSEWHERE, ANSIBLE_SSH_COMMON_ARGS=" ".join(login))

    assert changed_tasks(first, "benchmark")
    assert re.search(r"changed=0 .* failed=0", second)
    host = tmp_path / "results" / instance["PublicIpAddress"]
    record = json.loads((host / "toolchain.json").read_text())
    assert record["host"]["rustc"].startswith("rustc 1.")
    assert record["host"]["kernel_command_line"]
    assert datetime.fromisoformat(record["host"]["booted"])
    assert list(json.loads((host / "1/build.json").read_text())["executables"]) == ["tiny"]
