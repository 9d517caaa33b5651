"""Requests that end with their plan, or are refused because of it: nothing is launched, nothing is left."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.account import bucket_policy
from tests.integration.conftest import Account, Run, Tool


def launches(account: Account, run_id: str) -> list[dict[str, Any]]:
    """The calls of RunInstances for a run that were no dry run, as EC2 saw them."""
    calls = [call for call in account.admin("GET", "requests") if call["action"] == "RunInstances"]
    return [
        call
        for call in calls
        if str(call["parameters"].get("DryRun")).lower() != "true" and run_id in json.dumps(call["parameters"])
    ]


def check_nothing_was_done(run: Run, account: Account) -> None:
    assert launches(account, run.directory.name) == []
    assert account.instances(run.directory.name) == []
    assert not (run.directory / "instances.json").exists()
    assert account.uploaded(run.directory.name) == {}


def test_a_dry_run_shows_the_plan_and_leaves_nothing(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.bench(run_id, "--dry-run", "--time-limit", "30", "--build-limit", "30")

    assert run.result.code == 0, run.result.output
    for line in (
        "Machine   c7i.large: 1 core, 2 threads each, 4096 MiB, x86_64",
        "At most   $0.",
        "for 1 h 30 min, until it switches itself off",
        "vCPUs left, this takes 2 (L-1216C47A)",
        f"Results   s3://benchmarks-{account.facts['account_id']}-",
        "Link      to the log, opens for 7 days",
        "Nothing has been launched.",
    ):
        assert line in run.result.output
    check_nothing_was_done(run, account)
    assert not run.directory.exists()


def test_a_plan_tells_that_links_will_last_if_results_are_public(account: Account, tool: Tool, run_id: str) -> None:
    s3, bucket = account.client("s3"), f"benchmarks-{account.facts['account_id']}-public"
    s3.create_bucket(Bucket=bucket)
    s3.delete_public_access_block(Bucket=bucket)
    policy = {"Version": "2012-10-17", "Statement": [bucket_policy.anyone_reads("aws", bucket)]}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    run = tool.bench(run_id, "--dry-run", "--bucket", bucket)

    assert run.result.code == 0, run.result.output
    assert "Link      to the log, opens for anyone, as long as the bucket is public" in run.result.output


def test_plain_ansible_makes_the_same_dry_run_again_and_again(account: Account, tool: Tool, run_id: str) -> None:
    for _ in range(2):
        run = tool.playbook(run_id, "-e", "dry_run=true")

        assert run.result.code == 0, run.result.output
        assert "Machine   c7i.large: 1 core" in run.result.output
        check_nothing_was_done(run, account)
        assert not (run.directory / "preflight.json").exists()


@pytest.mark.usefixtures("ended")
def test_a_run_that_has_begun_is_not_planned_again(account: Account, tool: Tool, run_id: str) -> None:
    assert tool.launch(run_id).result.code == 0
    before = (tool.runs / run_id / "preflight.json").read_bytes()

    run = tool.bench(run_id, "--dry-run")

    assert run.result.code == 2, run.result.output
    assert "dry_run is for new runs, and this run has begun: leave run_id out, or dry_run." in run.result.output
    assert account.states(run_id) == ["running"]
    assert (run.directory / "preflight.json").read_bytes() == before


def test_a_run_that_may_cost_too_much_is_refused(account: Account, tool: Tool, run_id: str) -> None:
    run = tool.bench(run_id, "--max-cost", "0.01")

    assert run.result.code == 2, run.result.output
    assert "more than the max_cost of $0.01, if it lasts for all of its 4 h 30 min" in run.result.output
    check_nothing_was_done(run, account)


def test_a_family_for_which_the_account_has_only_aws_default_is_refused_by_it(
    account: Account, tool: Tool, run_id: str
) -> None:
    run = tool.bench(run_id, "--instance-type", "inf1.xlarge", replaces="--instance-type")

    assert run.result.code == 2, run.result.output
    assert "L-1945791B" in run.result.output
    check_nothing_was_done(run, account)


def test_a_version_that_a_crate_does_not_have_is_refused(account: Account, tool: Tool, run_id: str) -> None:
    suite = tool.suite("absent", source={"crate": "plonky2", "ref": "0.0.99"}, package="plonky2", benches=["merkle"])
    run = tool.bench(run_id, suite=suite)

    assert run.result.code == 2, run.result.output
    assert "plonky2 has no version 0.0.99 on crates.io" in run.result.output
    check_nothing_was_done(run, account)
