"""The timer that ends an instance if whoever launched it is gone, on a real systemd."""

from __future__ import annotations

import contextlib
import subprocess

import pytest

from benchmarks.aws import tags
from tests.integration.conftest import Account, Tool, wait_for

NOTED = "/var/lib/cloud/instance/benchmarks-power-off-at"
SCHEDULED = "/run/systemd/shutdown/scheduled"


def holds(account: Account, instance: str, command: str) -> bool:
    """Whether a command succeeds on an instance, which may just be booting."""
    with contextlib.suppress(subprocess.CalledProcessError, ValueError):
        account.execute(instance, command)
        return True
    return False


@pytest.mark.usefixtures("ended")
def test_a_reboot_leaves_what_is_left_of_the_lifetime(account: Account, tool: Tool, run_id: str) -> None:
    kept = tool.launch(run_id)
    assert kept.result.code == 0, kept.result.output
    (launched,) = account.instances(run_id)
    instance = launched["InstanceId"]
    wait_for(lambda: holds(account, instance, f"grep -q MODE=poweroff {SCHEDULED}"), "the timer")
    # With the time that the shutdown takes, it ends before its tags say.
    lifetime = int(tags.of(launched)[tags.LIFETIME])
    account.execute(instance, f"[ $(cat {NOTED}) -le {int(launched['LaunchTime'].timestamp()) + lifetime * 60 - 120} ]")
    # As if it had been launched 100 minutes ago.
    account.execute(instance, f"echo $(($(cat {NOTED}) - 6000)) >{NOTED}")
    account.execute(instance, "touch /run/before")
    account.client("ec2").reboot_instances(InstanceIds=[instance])
    wait_for(
        lambda: holds(account, instance, f"test ! -e /run/before && grep -q MODE=poweroff {SCHEDULED}"), "the reboot"
    )
    # In whole minutes, rounded up.
    account.execute(
        instance, f'. {SCHEDULED}; left=$((USEC / 1000000 - $(cat {NOTED}))); [ "$left" -ge -1 ] && [ "$left" -le 61 ]'
    )


@pytest.mark.usefixtures("ended")
def test_an_instance_without_its_timer_is_not_used_but_terminated(account: Account, tool: Tool, run_id: str) -> None:
    tool.launch(run_id)
    (instance,) = (one["InstanceId"] for one in account.instances(run_id))
    wait_for(lambda: holds(account, instance, f"grep -q MODE=poweroff {SCHEDULED}"), "the timer")
    account.execute(instance, "shutdown -c")

    run = tool.bench(run_id, "--keep")

    assert run.result.code == 1, run.result.output
    assert f"{instance} does not power itself off, so it would run for ever if this machine died: " in run.result.output
    assert f"! {instance} is not kept, since it does not switch itself off" in run.result.output
    assert not (run.host / "toolchain.json").exists()
    assert account.states(run_id) == ["terminated"]


@pytest.mark.usefixtures("ended")
def test_an_instance_that_never_answers_is_terminated_though_the_run_keeps_it(
    account: Account, tool: Tool, run_id: str
) -> None:
    tool.launch(run_id)
    (instance,) = (one["InstanceId"] for one in account.instances(run_id))
    wait_for(lambda: holds(account, instance, "systemctl stop ssh.service ssh.socket; ! pgrep sshd"), "sshd to end")

    run = tool.playbook(run_id, "-e", '{"keep": true, "launch_connect_timeout": 1}')

    assert run.result.code != 0
    assert f"{instance} does not answer over SSH: " in run.result.output
    assert f"{instance} is not kept, since this run has never reached it over SSH: " in run.result.output
    assert account.states(run_id) == ["terminated"]


@pytest.mark.usefixtures("ended")
def test_errors_of_cloud_init_are_shown_and_the_run_goes_on(account: Account, tool: Tool, run_id: str) -> None:
    tool.launch(run_id)
    (instance,) = (one["InstanceId"] for one in account.instances(run_id))
    wait_for(lambda: holds(account, instance, f"grep -q MODE=poweroff {SCHEDULED}"), "the timer")
    # As it would be told of an image with a module that fails.
    script = '[ "$1" = status ] && printf "status: error\\\\nerrors:\\\\n\\\\t- a reason\\\\n"; exit 1'
    account.execute(
        instance, f"mkdir -p /usr/local/bin && printf '#!/bin/sh\\n%s\\n' '{script}' >/usr/local/bin/cloud-init"
    )
    account.execute(instance, "chmod +x /usr/local/bin/cloud-init")

    run = tool.bench(run_id)

    assert run.result.code == 0, run.result.output
    assert (
        f"! cloud-init on {instance} reports errors, so its image or launch template may lack something: a reason"
        in (run.result.output)
    )
