"""A sandbox account for the tests of the main job, and the tool called as a user calls it.

What is asserted about instances, bytes and processes is read from outside the tool: by boto3, by ps, by checksums.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import json
import os
import pty
import re
import select
import signal
import subprocess
import termios
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from benchmarks.host import activity
from benchmarks.pages import policy_page
from benchmarks.runs import record_files
from benchmarks.runs.records import Build, HostManifest
from tests.support import documented_policies
from tests.support.aws_clients import client
from tests.support.documented_policies import User

ROOT = Path(__file__).resolve().parents[2]
CRATES = Path(__file__).parent / "crates"
TIMEOUT = 400  # seconds; the machine may be busy

# Under nohup it is ignored, and so it would be by every process that the tests start and send it to.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said on both streams."""

    code: int
    output: str


@dataclass(frozen=True)
class Run:
    """A run of the tool, with its directory."""

    result: Result
    directory: Path

    def record(self, name: str) -> Any:
        return json.loads((self.directory / name).read_text())

    @property
    def host(self) -> Path:
        """The directory of the run's only host."""
        (found,) = (path.parent for path in self.directory.glob("*/current-attempt.json"))
        return found

    @property
    def attempt(self) -> Path:
        """The directory of what the run is about on its only host."""
        return self.host / str(self.record(f"{self.host.name}/current-attempt.json")["number"])


@dataclass(frozen=True)
class Account:
    """An AWS account in a sandbox, with everything in it that runs need."""

    facts: dict[str, Any]
    home: Path
    runner: User  # who runs the tool, with the policy that the documentation gives them
    rust_image: str

    @property
    def credentials(self) -> dict[str, str]:
        """The variables by which the runner reaches AWS."""
        return {**self.facts["environment"], **self.runner.variables}

    @property
    def environment(self) -> dict[str, str]:
        return self.environment_of(self.runner)

    def environment_of(self, user: User) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k not in {*self.facts["unset"], "AWS_CA_BUNDLE"}}
        own = {"HOME": str(self.home), "PIP_CONFIG_FILE": os.devnull}
        return {**kept, **self.facts["environment"], **user.variables, **own}

    @property
    def environment_without_aws(self) -> dict[str, str]:
        return {k: v for k, v in self.environment.items() if not k.startswith("AWS_")}

    def client(self, service: str) -> Any:
        return client(self.facts, service)

    def instances(self, run_id: str) -> list[dict[str, Any]]:
        """All instances that carry the run's tag, the terminated ones too."""
        pages = self.client("ec2").describe_instances(Filters=[{"Name": "tag:benchmarks:run", "Values": [run_id]}])
        return [instance for reservation in pages["Reservations"] for instance in reservation["Instances"]]

    def states(self, run_id: str) -> list[str]:
        return [instance["State"]["Name"] for instance in self.instances(run_id)]

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.facts['endpoint_url']}/_sandbox/{path}",
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"X-Sandbox-Token": self.facts["admin_token"], "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def execute(self, instance_id: str, command: str) -> None:
        """Run a shell command on an instance as root, past SSH."""
        engine, names = self.facts["engine"], ["ps", "--filter", f"name={instance_id}$", "--format", "{{.Names}}"]
        (name,) = subprocess.run([engine, *names], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
        subprocess.run([engine, "exec", name, "sh", "-c", command], check=True)

    def make_template(self, name: str, **changes: Any) -> None:
        """Make a launch template like that of the set-up, with changes; one that is None is left out."""
        ec2 = self.client("ec2")
        found = ec2.describe_launch_template_versions(LaunchTemplateName="benchmarks", Versions=["$Latest"])
        data = {**found["LaunchTemplateVersions"][0]["LaunchTemplateData"], **changes}
        given = {key: value for key, value in data.items() if value is not None}
        ec2.create_launch_template(LaunchTemplateName=name, LaunchTemplateData=given)

    def uploaded(self, run_id: str) -> dict[str, bytes]:
        """What there is in the bucket of a run, by the key below the run's folder; S3's checksums are right."""
        s3, bucket = self.client("s3"), f"benchmarks-{self.facts['account_id']}-{self.facts['region']}"
        keys = [
            one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", ()) if f"_{run_id}/" in one["Key"]
        ]
        found = {}
        for key in keys:
            answer = s3.get_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")
            body = answer["Body"].read()
            assert base64.b64encode(hashlib.sha256(body).digest()).decode() == answer["ChecksumSHA256"], key
            found[key.split(f"_{run_id}/")[1]] = body
        return found

    def said_by_host(self, run_id: str) -> HostManifest | None:
        """What the run's only instance has said of its only attempt, None before it has."""
        uploaded = self.uploaded(run_id)
        found = [body for key, body in uploaded.items() if re.search(r"/1(\.\d+)?/host\.json$", key)]
        return msgspec.json.decode(found[0], type=HostManifest) if found else None

    def launches(self, run_id: str) -> int:
        """How many instances EC2 has launched for a run, as its own list says."""
        return len(self.instances(run_id))


def check_build_and_activity(run: Run) -> None:
    """What a measurement of the tiny crate has noted of its build, and of when its log grew."""
    build = record_files.read(Build, run.attempt)
    assert build
    assert list(build.executables) == ["tiny"]
    assert re.fullmatch(r"[0-9a-f]{64}", build.executables["tiny"])
    assert build.target_cpu
    assert build.target_cpu != "native"
    assert build.profile
    assert (build.profile.opt_level, build.profile.lto, build.profile.codegen_units) == ("3", "false", 16)
    log = (run.attempt / "benchmark.log").read_bytes()
    looks = activity.read((run.attempt / "activity").read_text())
    assert looks[0].size <= log.index(b"Running")
    assert looks[-1].size == len(log)
    span = activity.between(looks, log.index(b"Benchmarking sum/100\n"), len(log))
    assert span
    assert span.started <= span.ended


def changed_tasks(output: str, role: str) -> list[str]:
    """Names of a role's tasks that Ansible's default output calls changed."""
    blocks = re.split(r"\n(?=TASK \[|PLAY )", output)
    return [block.splitlines()[0] for block in blocks if block.startswith(f"TASK [{role} :") and "\nchanged:" in block]


def inv(
    *arguments: str, environment: dict[str, str], cwd: Path = ROOT, program: str = "inv", apart: bool = False
) -> Result:
    """Run the tool to its end; `apart`: in a session of its own, which has no terminal."""
    done = subprocess.run(
        [str(ROOT / program), *arguments],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
        start_new_session=apart,
    )
    return Result(done.returncode, done.stdout)


def play(name: str, *arguments: str, environment: dict[str, str], **extra: Any) -> Result:
    """Run a playbook by ansible-playbook, with extra variables, from the repository's root."""
    done = subprocess.run(
        [ROOT / ".venv/bin/ansible-playbook", f"playbooks/{name}.yml", "-e", json.dumps(extra), *arguments],
        env={**environment, "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"},
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT,
    )
    return Result(done.returncode, done.stdout)


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A sandbox of this test session's own, set up by the tool's own command; gone at the end.

    The tool is used with the documented policies; only what the tests look at by themselves needs no permission.
    """
    name = f"it-{uuid.uuid4().hex[:8]}"
    home = tmp_path_factory.mktemp("home")
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}
    try:
        up = inv("sandbox.up", "--name", name, environment=environment)
        assert up.code == 0, up.output
        facts = subprocess.run(
            [str(ROOT / "inv"), "sandbox.env", "--name", name, "--format", "json"],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
        ).stdout
        # Setup also checks, by dry runs, whether whoever calls it may run.
        administrator = documented_policies.new_user(json.loads(facts), policy_page.SETUP, policy_page.RUN)
        runner = documented_policies.new_user(json.loads(facts), policy_page.RUN)
        account = Account(json.loads(facts), home, runner, "")
        runs = str(tmp_path_factory.mktemp("setup"))
        setting_up = account.environment_of(administrator)
        setup = inv("bench.setup", "--yes", "--allow-from", "127.0.0.0/8", "--runs-dir", runs, environment=setting_up)
        assert setup.code == 0, setup.output
        images = account.client("ec2").describe_images(
            Owners=["self"], Filters=[{"Name": "name", "Values": ["sandbox-rust-*"]}]
        )["Images"]
        yield Account(account.facts, home, runner, images[0]["ImageId"])
        documented_policies.check(account.facts, [administrator, runner])
    finally:
        inv("sandbox.down", "--name", name, environment=environment)


@pytest.fixture
def faults(account: Account) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Orders faults of the endpoint; none is left after the test."""
    yield lambda wanted: account.admin("PUT", "faults", wanted)
    account.admin("DELETE", "faults")


@dataclass(frozen=True)
class Tool:
    """Runs of the tiny suite, each in a runs directory of the test's own."""

    account: Account
    runs: Path
    types: str = "c7i.large"

    def suite(self, name: str, **changes: Any) -> Path:
        """A suite file like the tiny one, with changes."""
        base = {
            "description": "The tests' own small project",
            "source": {"path": str(CRATES / "tiny")},
            "package": "tiny",
            "benches": ["tiny"],
            "toolchain": "system",
            "expected": 3,
        }
        path = self.runs / f"{name}.yml"
        path.write_text(json.dumps({**base, **changes}))
        return path

    def kept_log(self, run_id: str) -> bytes:
        """What there is on this side of the log of a run's only attempt."""
        return b"".join(path.read_bytes() for path in (self.runs / run_id).glob("*/1/benchmark.log"))

    def is_measuring(self, run_id: str) -> bool:
        return b"sum/100" in self.kept_log(run_id)

    def arguments(self, run_id: str, suite: Path | None) -> list[str]:
        return [
            "bench", "--instance-type", self.types, "--suite", str(suite or CRATES / "tiny.yml"),
            "--ami", self.account.rust_image, "--runs-dir", str(self.runs), "--run-id", run_id,
            "--ssh-port", str(self.account.facts["ssh_port"]),
        ]  # fmt: skip

    def bench(self, run_id: str, *more: str, suite: Path | None = None, replaces: str = "") -> Run:
        """`replaces` is the flag that `more` gives another value than usual."""
        arguments = self.arguments(run_id, suite)
        if replaces in arguments:
            at = arguments.index(replaces)
            del arguments[at : at + 2]
        result = inv(*arguments, *more, environment=self.account.environment)
        return Run(result, self.runs / run_id)

    def shim(self, run_id: str) -> Run:
        """The same by the first tool's command line."""
        _, *arguments = self.arguments(run_id, None)
        return Run(inv(*arguments, environment=self.account.environment, program="benchmarks.sh"), self.runs / run_id)

    def playbook(self, run_id: str, *more: str, suite: Path | None = None) -> Run:
        """The same by ansible-playbook from the repository's root."""
        extra = self.extra(run_id, suite)
        result = play("benchmark", *more, environment=self.account.environment, **extra)
        return Run(result, self.runs / run_id)

    def extra(self, run_id: str, suite: Path | None) -> dict[str, Any]:
        return {
            "instance_type": self.types,
            "suite": str(suite or CRATES / "tiny.yml"),
            "ami": self.account.rust_image,
            "runs_dir": str(self.runs),
            "run_id": run_id,
            "ssh_port": self.account.facts["ssh_port"],
        }

    def start_playbook(self, run_id: str, suite: Path | None = None, **extra: Any) -> subprocess.Popen[str]:
        """The same in the background, with role variables, in a session of its own that can be killed as a whole."""
        given = json.dumps({**self.extra(run_id, suite), **extra})
        return subprocess.Popen(
            [ROOT / ".venv/bin/ansible-playbook", "playbooks/benchmark.yml", "-e", given],
            env={**self.account.environment, "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def launch(self, run_id: str) -> Run:
        """A run that has launched its instance, kept it and done nothing else."""
        return self.playbook(run_id, "--tags", "launch", "-e", '{"keep": true}')

    def attach(self, run_id: str) -> Run:
        result = inv(*self.attaching(run_id), environment=self.account.environment)
        return Run(result, self.runs / run_id)

    def attaching(self, run_id: str) -> list[str]:
        return ["bench.attach", run_id, "--runs-dir", str(self.runs)]

    def start(self, run_id: str, *more: str, suite: Path | None = None) -> subprocess.Popen[str]:
        return self._start(*self.arguments(run_id, suite), *more)

    def start_attaching(self, run_id: str) -> subprocess.Popen[str]:
        return self._start(*self.attaching(run_id))

    def _start(self, *arguments: str) -> subprocess.Popen[str]:
        return started(arguments, self.account.environment)


def started(arguments: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """`./inv` with these arguments and environment, in the background."""
    return subprocess.Popen(
        [str(ROOT / "inv"), *arguments],
        env=environment,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


class Terminal:
    """The tool, started at a terminal of its own, at which somebody types."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._here, there = pty.openpty()
        self._closed = threading.Event()

        def own_terminal() -> None:
            os.setsid()
            fcntl.ioctl(there, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(
            [ROOT / "inv", *arguments],
            env=environment,
            cwd=ROOT,
            stdin=there,
            stdout=there,
            stderr=there,
            preexec_fn=own_terminal,
        )
        os.close(there)
        self.said = ""
        # A terminal that shows nothing would hold up what is written to it.
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def type(self, text: str) -> None:
        os.write(self._here, text.encode())

    def _read(self) -> None:
        while not self._closed.is_set():
            if select.select([self._here], [], [], 0.2)[0]:
                try:
                    self.said += os.read(self._here, 65536).decode(errors="replace").replace("\r", "")
                except OSError:  # every process with the terminal has ended
                    return

    def end(self, *, close: bool = False) -> int:
        """Wait for the end of the process, and with `close` close the window before. Returns its exit code."""
        if close:
            self.close()
        return self.process.wait(timeout=120)

    def close(self) -> None:
        """Close the window, if it is open."""
        if not self._closed.is_set():
            self._closed.set()
            self._reader.join()
            os.close(self._here)


@pytest.fixture
def at_terminal(account: Account) -> Iterator[Callable[[Sequence[str]], Terminal]]:
    """Starts the tool at a terminal of its own."""
    opened: list[Terminal] = []

    def start(arguments: Sequence[str]) -> Terminal:
        opened.append(Terminal(arguments, account.environment))
        return opened[-1]

    yield start
    for terminal in opened:
        terminal.process.kill()
        terminal.close()


@pytest.fixture
def tool(account: Account, tmp_path: Path) -> Tool:
    return Tool(account, tmp_path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of a size of its own."""
    mounted: list[Path] = []

    def mount(size: str) -> Path:
        place = tmp_path / f"disk-{size}"
        place.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)], check=True)
        mounted.append(place)
        return place

    yield mount
    for place in mounted:
        subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def run_id() -> str:
    return f"it-{uuid.uuid4().hex[:10]}"


@pytest.fixture
def ended(account: Account, run_id: str) -> Iterator[None]:
    """Whatever becomes of the test, the run's instances end with it."""
    yield
    if ids := [instance["InstanceId"] for instance in account.instances(run_id)]:
        account.client("ec2").terminate_instances(InstanceIds=ids)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 180) -> None:
    """Poll until `condition` holds. Fails with `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.5)


def processes_naming(text: str) -> list[str]:
    """Command lines of processes that name `text`."""
    # Without -ww, a line may be cut off at 80 columns.
    shown = subprocess.run(["ps", "-ww", "-eo", "pid,args"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return [line for line in shown.splitlines() if text in line and "ps -ww" not in line]


def end(process: subprocess.Popen[str], number: signal.Signals) -> str:
    """Send a signal, wait, and give the whole output."""
    process.send_signal(number)
    output, _ = process.communicate(timeout=120)
    return output
