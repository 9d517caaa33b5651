"""A machine that one has, reached by SSH and without AWS: an instance of the sandbox that the tool has not launched."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.conftest import CRATES, ROOT, TIMEOUT, Account, Result, Run, inv, wait_for

LOGIN = "runner"
PLAYBOOK = Path(__file__).parent / "toolchain.yml"
# Where the tests serve files on the host, for the host: a distribution of Rust, crates.
PORT = 8000
SERVER = f"http://127.0.0.1:{PORT}"


@dataclass(frozen=True)
class Prepared:
    """How the role ended."""

    result: Result
    record_file: Path

    @property
    def record(self) -> Any:
        assert self.result.code == 0, self.result.output
        return json.loads(self.record_file.read_text())

    @property
    def changed(self) -> int:
        counted = re.search(r"changed=(\d+)", self.result.output)
        assert counted, self.result.output
        return int(counted[1])

    @property
    def said(self) -> str:
        """The output in one line, without the folding of YAML and its doubled quotes."""
        return " ".join(self.result.output.split()).replace("''", "'")


@dataclass(frozen=True)
class Host:
    """The machine, and the tool used on it."""

    address: str
    port: int
    key: Path
    ssh_options: tuple[str, ...]
    environment: Mapping[str, str]
    runs: Path

    def ssh(self, command: str, stdin: str = "") -> str:
        """What a command that has to succeed prints."""
        done = subprocess.run(
            ["ssh", *self.ssh_options, "-i", self.key, "-p", str(self.port), f"{LOGIN}@{self.address}", command],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.strip()

    def answers(self) -> bool:
        try:
            self.ssh("true")
        except AssertionError:
            return False
        return True

    def bench(self, suite: Path, *more: str, **environment: str) -> Run:
        """`./inv bench --host`, as a user types it."""
        run_id = f"tc-{uuid.uuid4().hex[:10]}"
        given = ["--host", f"{LOGIN}@{self.address}:{self.port}", "--key-file", str(self.key), "--suite", str(suite)]
        where = ["--runs-dir", str(self.runs), "--run-id", run_id]
        result = inv("bench", *given, *where, *more, environment={**self.environment, **environment})
        return Run(result, self.runs / run_id)

    def prepare(self, source: Mapping[str, str], *, toolchain: str = "system", **variables: Any) -> Prepared:
        """Run the role alone for a suite with this source. What it records is in the same place each time."""
        record = self.runs / "prepared/toolchain.json"
        suite = {"name": "suite", "source": dict(source), "toolchain": toolchain, "environment": {}}
        given = {"toolchain_suite": suite, "toolchain_record_file": str(record), **variables}
        command: list[str | Path] = [
            ROOT / ".venv/bin/ansible-playbook", PLAYBOOK, "-i", f"{self.address},", "-u", LOGIN,
            "--private-key", self.key, "-e", json.dumps({"ansible_port": self.port, **given}),
        ]  # fmt: skip
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=TIMEOUT,
        )
        return Prepared(Result(done.returncode, done.stdout), record)


def _launch(account: Account, folder: Path) -> tuple[str, str]:
    """Launch a Debian instance that admits the key in `folder`; its address, and its public host key."""
    for name in ("login", "host"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    user = {
        "name": LOGIN,
        "shell": "/bin/bash",
        "sudo": "ALL=(ALL) NOPASSWD:ALL",
        "ssh_authorized_keys": [(folder / "login.pub").read_text().strip()],
    }
    host_key = (folder / "host.pub").read_text()
    keys = {"ed25519_private": (folder / "host").read_text(), "ed25519_public": host_key}
    ec2 = account.client("ec2")
    images = ec2.describe_images(Owners=["136693071363"], Filters=[{"Name": "name", "Values": ["debian-13-amd64-*"]}])
    request = {
        "LaunchTemplate": {"LaunchTemplateName": "benchmarks"},
        "ImageId": max(images["Images"], key=lambda image: image["CreationDate"])["ImageId"],
        "InstanceType": "c7i.large",
        "UserData": f"#cloud-config\n{json.dumps({'ssh_keys': keys, 'users': [user]})}\n",
        "MinCount": 1,
        "MaxCount": 1,
    }

    def profile_is_known() -> bool:
        """The account's instance profile was made just now; for some seconds EC2 does not know it."""
        try:
            ec2.run_instances(**request, DryRun=True)
        except ClientError as error:
            return error.response["Error"]["Code"] == "DryRunOperation"
        raise AssertionError("a dry run never succeeds")

    wait_for(profile_is_known, "the instance profile to be known")
    (launched,) = ec2.run_instances(**request)["Instances"]

    def running() -> list[dict[str, Any]]:
        filters = [
            {"Name": "instance-id", "Values": [launched["InstanceId"]]},
            {"Name": "instance-state-name", "Values": ["running"]},
        ]
        pages = ec2.describe_instances(Filters=filters)["Reservations"]
        return [instance for reservation in pages for instance in reservation["Instances"]]

    wait_for(lambda: bool(running()), "the instance to run")
    return running()[0]["PublicIpAddress"], host_key


@pytest.fixture(scope="session")
def host(account: Account, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A fresh Debian 13 machine, shared by the tests, that the tool is told of by --host. No AWS variable is set."""
    folder = tmp_path_factory.mktemp("host")
    address, host_key = _launch(account, folder)
    port = account.facts["ssh_port"]
    known = address if port == 22 else f"[{address}]:{port}"
    (folder / "known_hosts").write_text(f"{known} {host_key}")
    # ssh takes a user's files from where the password database says that the user lives, whatever HOME is.
    options = ("-F", "none", "-o", f"UserKnownHostsFile={folder / 'known_hosts'}", "-o", "IdentitiesOnly=yes")
    sockets = tempfile.mkdtemp(prefix="cp-")  # short, as the path of a socket has to be
    environment = {
        **account.environment_without_aws,
        "ANSIBLE_SSH_COMMON_ARGS": " ".join(options),
        "ANSIBLE_SSH_CONTROL_PATH_DIR": sockets,
        "ANSIBLE_NOCOLOR": "1",
    }
    machine = Host(address, port, folder / "login", options, environment, tmp_path_factory.mktemp("runs"))
    wait_for(machine.answers, "ssh")
    yield machine
    shutil.rmtree(sockets, ignore_errors=True)


@pytest.fixture(scope="session")
def served(host: Host) -> str:
    """A directory on the host whose files the host finds at SERVER."""
    directory = f"/home/{LOGIN}/served"
    serve = f"/usr/bin/python3 -m http.server --bind 127.0.0.1 --directory {directory} {PORT}"
    host.ssh(f"mkdir -p {directory} && touch {directory}/ready && sudo systemd-run --quiet --unit=served {serve}")
    host.ssh(f"until curl --silent --fail --output /dev/null {SERVER}/ready; do sleep 0.2; done")
    return directory


@pytest.fixture
def crate(tmp_path: Path) -> Path:
    """A copy of the tests' own crate, to be changed."""
    return Path(shutil.copytree(CRATES / "tiny", tmp_path / "tiny"))
