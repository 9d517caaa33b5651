"""A sandbox of the test run's own, shared by its tests and removed in the end."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.live_sandbox import Commands, Instance, Keys, Running, admit_ssh, new_group


@pytest.fixture(scope="session")
def new_commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Commands]]:
    """Makes names for sandboxes, and removes those sandboxes in the end, whatever became of them."""
    made: list[Commands] = []

    def make() -> Commands:
        made.append(Commands(f"test-{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("state")))
        return made[-1]

    yield make
    for commands in made:
        commands.run("down")


@pytest.fixture(scope="session")
def running(new_commands: Callable[[], Commands]) -> Running:
    """The sandbox that most tests share, with AWS's delays as short as they still are delays."""
    commands = new_commands()
    delays = ("tag_delay_seconds=0.1", "instance_delay_seconds=0", "profile_delay_seconds=0.1")
    started = commands.run("up", *(word for delay in delays for word in ("--set", delay)))
    assert started.returncode == 0, started.stderr
    return Running(commands, commands.facts())


@pytest.fixture(scope="session")
def ec2(running: Running) -> Any:
    return running.client("ec2")


@pytest.fixture(scope="session")
def keys(ec2: Any, tmp_path_factory: pytest.TempPathFactory) -> Keys:
    folder = tmp_path_factory.mktemp("keys")
    for name in ("user", "host"):
        command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(folder / name)]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    name = f"key-{secrets.token_hex(4)}"
    ec2.import_key_pair(KeyName=name, PublicKeyMaterial=(folder / "user.pub").read_bytes())
    public = (folder / "host.pub").read_text()
    private = "".join(f"    {line}\n" for line in (folder / "host").read_text().splitlines())
    (folder / "known_hosts").write_text(f"instance {public}")
    cloud_config = f"#cloud-config\nssh_keys:\n  ed25519_private: |\n{private}  ed25519_public: {public}"
    return Keys(name, folder / "user", cloud_config, folder / "known_hosts")


@pytest.fixture(scope="session")
def debian(ec2: Any) -> str:
    """The newest Debian 13 AMI, as its users look it up."""
    images = ec2.describe_images(Owners=["136693071363"], Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}])[
        "Images"
    ]
    return str(max(images, key=lambda image: image["CreationDate"])["ImageId"])


@pytest.fixture(scope="session")
def open_group(ec2: Any) -> str:
    """A security group that admits ssh from this computer."""
    group = new_group(ec2)
    admit_ssh(ec2, group)
    return group


@pytest.fixture(scope="session")
def launch(running: Running, ec2: Any, keys: Keys, debian: str, open_group: str) -> Callable[..., Instance]:
    """Launches an instance of the test's own and waits until it runs."""

    def start(**changes: Any) -> Instance:
        parameters = {
            "ImageId": debian,
            "InstanceType": "t3.micro",
            "KeyName": keys.name,
            "SecurityGroupIds": [open_group],
            "UserData": keys.cloud_config,
            "MinCount": 1,
            "MaxCount": 1,
        }
        instance_id = ec2.run_instances(**(parameters | changes))["Instances"][0]["InstanceId"]
        placed = Instance(ec2, instance_id, "", running.facts["ssh_port"], keys.private, keys.known_hosts)
        described = placed.wait_for_state("running")
        return Instance(ec2, instance_id, described["PublicIpAddress"], placed.port, keys.private, keys.known_hosts)

    return start


@pytest.fixture(scope="session")
def instance(launch: Callable[..., Instance], running: Running) -> Instance:
    """An instance that tests share, and leave as they found it. It has a role, a tag and IMDSv2 only."""
    iam = running.client("iam")
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    iam.create_role(RoleName="shared", AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17"} | trust))
    iam.create_instance_profile(InstanceProfileName="shared")
    iam.add_role_to_instance_profile(InstanceProfileName="shared", RoleName="shared")
    time.sleep(0.3)
    return launch(
        InstanceType="c7i.large",
        IamInstanceProfile={"Name": "shared"},
        MetadataOptions={"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "InstanceMetadataTags": "enabled"},
        TagSpecifications=[{"ResourceType": "instance", "Tags": [{"Key": "colour", "Value": "blue"}]}],
    ).wait_for_ssh()
