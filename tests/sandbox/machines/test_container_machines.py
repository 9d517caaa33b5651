"""Instances are machines: they obey user-data, answer ssh, and end as EC2 instances end."""

from __future__ import annotations

import gzip
import os
import time
from collections.abc import Callable
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from functools import partial
from typing import Any

from tests.support.live_sandbox import Instance, Keys, Running, admit_ssh, eventually, new_group

Launch = Callable[..., Instance]


def test_instance_runs_systemd_and_answers_under_its_host_key(instance: Instance) -> None:
    assert instance.says("ps -o comm= -p 1") == "systemd"
    assert instance.says("cloud-init status --wait") == "status: done"
    assert instance.says("sudo systemctl is-system-running") == "running"


def test_instance_has_the_addresses_that_ec2_shows(instance: Instance) -> None:
    described = instance.describe()

    assert described["PublicIpAddress"].startswith("127.0.")
    assert described["PublicIpAddress"] != "127.0.0.1"
    name = described["PublicIpAddress"].replace(".", "-")
    assert described["PublicDnsName"] == f"ec2-{name}.compute-1.amazonaws.com"
    assert described["PrivateIpAddress"] in instance.says("hostname -I").split()
    assert described["PrivateDnsName"].partition(".")[0] == instance.says("hostname")


def test_key_pair_opens_the_users_of_debian_and_amazon_linux(instance: Instance) -> None:
    for user in ("admin", "ec2-user"):
        assert instance.says("id -un; sudo id -un", user).split() == [user, "root"]


def test_instance_has_the_processors_and_memory_of_its_type(running: Running, instance: Instance) -> None:
    expected = min(2, len(os.sched_getaffinity(0)))
    assert int(instance.says("nproc")) == expected
    line = next(line for line in running.commands.run("status").stdout.splitlines() if instance.id in line)
    assert f"{expected} vCPU, 4096 MiB" in line


def test_instance_reaches_the_aws_endpoint_by_its_one_url(running: Running, instance: Instance) -> None:
    url = running.facts["endpoint_url"]
    assert '"ok"' in instance.says(f"curl --fail --silent {url}/_sandbox/health")


def test_presigned_links_of_the_controller_open_inside(running: Running, instance: Instance) -> None:
    s3 = running.client("s3")
    s3.create_bucket(Bucket="shared-bucket")
    named = {"Bucket": "shared-bucket", "Key": "sums"}
    put = s3.generate_presigned_url("put_object", Params=named)
    get = s3.generate_presigned_url("get_object", Params=named)

    sums = instance.says(
        "head -c 20000000 /dev/urandom >/var/tmp/blob; sha256sum </var/tmp/blob;"
        f" curl -sS --fail -T /var/tmp/blob '{put}' && curl -sS --fail '{get}' | sha256sum"
    ).splitlines()

    assert len(sums) == 2
    assert sums[0] == sums[1]


def test_console_output_is_the_boot_log(ec2: Any, instance: Instance) -> None:
    assert "cloud-init" in ec2.get_console_output(InstanceId=instance.id)["Output"]


def test_user_data_may_be_a_compressed_archive_of_parts(launch: Launch, keys: Keys) -> None:
    archive = MIMEMultipart()
    archive.attach(
        MIMEText(keys.cloud_config + "write_files: [{path: /opt/file, content: 'written '}]\n", "cloud-config")
    )
    archive.attach(MIMEText("#!/bin/sh\necho ran >/opt/script\n", "x-shellscript"))

    instance = launch(UserData=gzip.compress(archive.as_bytes())).wait_for_ssh()

    assert instance.says("cloud-init status --wait >/dev/null; cat /opt/file /opt/script").split() == ["written", "ran"]
    instance.ec2.terminate_instances(InstanceIds=[instance.id])


def test_terminate_removes_the_containers(launch: Launch, running: Running) -> None:
    instance = launch()
    assert [name for name in running.commands.containers() if instance.id in name]

    instance.ec2.terminate_instances(InstanceIds=[instance.id])

    assert instance.wait_for_state("terminated")["StateReason"]["Code"] == "Client.UserInitiatedShutdown"
    assert not [name for name in running.commands.containers() if instance.id in name]


def test_power_off_inside_ends_an_instance_that_terminates(launch: Launch, running: Running) -> None:
    instance = launch(InstanceInitiatedShutdownBehavior="terminate").wait_for_ssh()

    instance.ssh("sudo systemctl poweroff")

    assert instance.wait_for_state("terminated")["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    eventually(lambda: not [name for name in running.commands.containers() if instance.id in name], "removed")


def test_instance_stops_starts_and_reboots_with_its_disk(launch: Launch, running: Running) -> None:
    machine = launch(InstanceInitiatedShutdownBehavior="stop").wait_for_ssh()
    machine.says("echo kept | sudo tee /opt/kept")

    machine.ssh("sudo systemctl poweroff")
    machine.wait_for_state("stopped")
    machine.ec2.start_instances(InstanceIds=[machine.id])
    machine.wait_for_state("running")
    assert machine.wait_for_ssh().says("cat /opt/kept") == "kept"

    for reboot in (
        partial(machine.ec2.reboot_instances, InstanceIds=[machine.id]),
        partial(machine.ssh, "sudo systemctl reboot"),
        partial(running.admin, "PUT", f"instance/{machine.id}/crash"),
    ):
        before = _boot(machine)
        reboot()
        eventually(partial(_has_booted_since, machine, before), "another boot")
        assert machine.describe()["State"]["Name"] == "running"

    assert machine.wait_for_ssh().says("cat /opt/kept") == "kept"

    running.admin("PUT", f"instance/{machine.id}/disk", {"directory": "/opt/small", "mebibytes": 8})
    eventually(lambda: machine.ssh("mountpoint /opt/small").returncode == 0, "the disk")
    assert "No space left" in machine.ssh("sudo head -c 9M /dev/zero | sudo tee /opt/small/file >/dev/null").stderr

    machine.ec2.stop_instances(InstanceIds=[machine.id])
    machine.wait_for_state("stopped")
    machine.ec2.terminate_instances(InstanceIds=[machine.id])
    machine.wait_for_state("terminated")


def _boot(instance: Instance) -> str:
    done = instance.ssh("systemctl show --property UserspaceTimestampMonotonic --value")
    return done.stdout.strip() if done.returncode == 0 else ""


def _has_booted_since(instance: Instance, before: str) -> bool:
    return _boot(instance) not in ("", before)


def test_timed_shutdown_of_user_data_ends_the_instance(launch: Launch) -> None:
    # A shutdown that is due in minutes cannot be waited for here: that it is scheduled is what user-data brings about.
    instance = launch(UserData="#!/bin/sh\nshutdown -P +90\n")
    console = eventually(
        lambda: "Cloud-init" in (text := _console(instance)) and "finished" in text and text, "the end of the boot"
    )
    assert "Shutdown scheduled" in console or "shutdown" in console.lower()
    instance.ec2.terminate_instances(InstanceIds=[instance.id])


def _console(instance: Instance) -> str:
    return str(instance.ec2.get_console_output(InstanceId=instance.id).get("Output", ""))


def test_instance_whose_groups_admit_nobody_is_not_reached_until_one_does(ec2: Any, launch: Launch) -> None:
    group = new_group(ec2)
    instance = launch(SecurityGroupIds=[group])
    eventually(lambda: "finished" in _console(instance), "the end of the boot")

    assert "timed out" in instance.ssh("true").stderr

    admit_ssh(ec2, group)
    instance.wait_for_ssh()
    instance.ec2.terminate_instances(InstanceIds=[instance.id])


def test_four_instances_boot_at_once(ec2: Any, keys: Keys, debian: str, open_group: str, running: Running) -> None:
    began = time.monotonic()
    launched = ec2.run_instances(
        ImageId=debian,
        InstanceType="t3.micro",
        KeyName=keys.name,
        SecurityGroupIds=[open_group],
        UserData=keys.cloud_config,
        MinCount=4,
        MaxCount=4,
    )["Instances"]
    assert {one["State"]["Name"] for one in launched} == {"pending"}
    assert time.monotonic() - began < 2, "RunInstances answers before anything has booted"

    port = running.facts["ssh_port"]
    instances = [Instance(ec2, one["InstanceId"], "", port, keys.private, keys.known_hosts) for one in launched]
    addresses = [instance.wait_for_state("running")["PublicIpAddress"] for instance in instances]
    assert len(set(addresses)) == 4
    for instance, address in zip(instances, addresses, strict=True):
        Instance(ec2, instance.id, address, port, keys.private, keys.known_hosts).wait_for_ssh()
    ec2.terminate_instances(InstanceIds=[instance.id for instance in instances])
