"""The main job and the first tool's command lines in a container, against an account of the sandbox's."""

from __future__ import annotations

import json
import os
import pty
import shlex
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.aws.aws_errors import NO_CREDENTIALS
from benchmarks.cli import task_help
from benchmarks.pages import policy_page
from benchmarks.parameters import spec
from sandbox.machines.engine import Engine
from tests.integration.conftest import CRATES, TIMEOUT, Account, Run, Tool, wait_for
from tests.integration.container.conftest import Image, built, variables
from tests.integration.test_main_job import check_whole
from tests.support import documented_policies, interfaces

# A user whom neither the image nor this machine knows, as a caller's uid is unknown in the image.
CALLER = 23456
LARGEST = 420_000_000  # bytes, unpacked
LONG = {"TINY_SECONDS": "300"}


@pytest.fixture(scope="session")
def image(container_engine: Engine, base: str) -> Iterator[Image]:
    # podman would keep the first stage otherwise, for later builds.
    keeps_nothing = ("--layers=false",) if container_engine.name == "podman" else ()
    with built(replace(container_engine, build=(*container_engine.build, *keeps_nothing)), base) as image:
        yield image


@dataclass(frozen=True)
class Place:
    """What a user has on the host: a key, a directory for results, AWS credentials; and the account's facts."""

    image: Image
    account: Account
    directory: Path

    @property
    def key(self) -> Path:
        return self.directory / "benchmarks.pem"

    @property
    def runs(self) -> Path:
        return self.directory / "runs"

    @property
    def credentials(self) -> Mapping[str, str]:
        return self.account.credentials

    @property
    def mounts(self) -> tuple[str, ...]:
        return (
            "--volume", f"{self.key}:/root/benchmarks.pem", "--volume", f"{self.runs}:/runs",
            "--volume", f"{CRATES}:/crates:ro",
        )  # fmt: skip

    def bench(self, run_id: str, suite: str = "/crates/tiny.yml") -> list[str]:
        """The words of the tiny suite's run, after the image's name."""
        return [
            "--instance-type", "c7i.large", "-f", "--suite", suite, "--ami", self.account.rust_image,
            "--run-id", run_id, "--ssh-port", str(self.account.facts["ssh_port"]),
        ]  # fmt: skip

    def long_suite(self) -> str:
        """A suite that goes on measuring; its name in the container."""
        suite = {"description": "Long", "source": {"path": "/crates/tiny"}, "package": "tiny", "benches": ["tiny"],
                 "toolchain": "system", "environment": LONG}  # fmt: skip
        (self.runs / "long.yml").write_text(json.dumps(suite))
        return "/runs/long.yml"

    def left(self, name: str) -> list[str]:
        """Containers of that name that are still there."""
        listed = self.image.engine.call("ps", "--all", "--filter", f"name={name}", "--format", "{{.Names}}")
        return listed.split()


@pytest.fixture
def place(image: Image, account: Account, tmp_path: Path) -> Place:
    """All of it belongs to a caller whom the image does not know."""
    # Whoever the container works as must reach what it mounts.
    tmp_path.chmod(0o755)
    place = Place(image, account, tmp_path)
    place.runs.mkdir()
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(place.key)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    place.key.chmod(0o400)
    if os.geteuid() == 0:
        for path in (place.runs, place.key):
            os.chown(path, CALLER, CALLER)
    return place


@pytest.fixture
def name() -> str:
    return f"benchmarks-test-{uuid.uuid4().hex[:10]}"


def test_the_first_tools_command_line_does_the_whole_job_on_a_read_only_root(
    place: Place, run_id: str, name: str
) -> None:
    options = (*place.mounts, "--read-only", "--name", name)
    result = place.image.run(*place.bench(run_id), options=options, environment=place.credentials)

    run = Run(result, place.runs / run_id)
    check_whole(run, place.account)
    owners = {(path.stat().st_uid, path.stat().st_gid) for path in run.directory.rglob("*")}
    assert owners == {(place.runs.stat().st_uid, place.runs.stat().st_gid)}
    # The log is shown live, and without a terminal no line is written over.
    assert "Benchmarking sum/10000\n" in result.output
    assert "\r" not in result.output
    assert f"Log       /runs/{run_id}/{run.host.name}/1/benchmark.log" in result.output
    # The mounted key is the one that opened the instance.
    assert not (run.directory / "keys/login").exists()
    assert place.left(name) == []


def done(run: Run) -> Any:
    """A run's manifest without what is each run's own: its names, times, and the checksums of what it measured."""
    assert run.result.code == 0, run.result.output
    manifest = run.record(f"{run.host.name}/1/manifest.json")
    assert manifest.pop("run_id") == run.directory.name
    assert manifest.pop("host") == run.host.name
    assert manifest.pop("started")
    # A container sees the directory without the repository around it.
    manifest["toolchain"].pop("working_tree")
    return {**manifest, "files": sorted(manifest["files"])}


def test_every_way_in_does_the_same_job(place: Place, tool: Tool, run_id: str) -> None:
    by_inv = done(tool.bench(f"{run_id}-i"))
    assert by_inv["files"] == [
        *("activity", "benchmark.log", "build.json", "criterion.tar.gz"),
        *("report/index.html", "results.json", "toolchain.json"),
    ]
    assert by_inv["launch"]["instance_type"] == "c7i.large"

    assert done(tool.playbook(f"{run_id}-a")) == by_inv
    assert done(tool.shim(f"{run_id}-s")) == by_inv

    # By the same path, which the manifest names.
    mounts = (*place.mounts, "--volume", f"{CRATES}:{CRATES}:ro")
    words = place.bench(f"{run_id}-c", str(CRATES / "tiny.yml"))
    left = place.image.run(*words, "--detach", options=mounts, environment=place.credentials)
    assert left.code == 0, left.output
    assert "is mounted at" not in left.output
    # Another container has another home, and in it the key.
    result = place.image.run("bench.attach", f"{run_id}-c", options=mounts, environment=place.credentials)
    assert done(Run(result, place.runs / f"{run_id}-c")) == by_inv


def test_stop_ends_the_instance_before_the_engine_loses_patience(place: Place, run_id: str, name: str) -> None:
    # The caller from the start: everything up to ssh is seen to work for a user with neither name nor rights.
    user = ("--user", f"{CALLER}:{CALLER}") if os.geteuid() == 0 else ("--userns", "keep-id")
    options = (*user, "--cap-drop", "all", *place.mounts, *variables(place.credentials))
    process = subprocess.Popen(
        place.image.command(*place.bench(run_id, place.long_suite()), options=options, name=name),
        env={**os.environ, **place.credentials},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        toolchain = f"{run_id}/*/toolchain.json"
        wait_for(lambda: bool(list(place.runs.glob(toolchain))) or process.poll() is not None, "the toolchain", TIMEOUT)
        assert process.poll() is None, process.communicate()[0]
        assert place.account.states(run_id) == ["running"]

        place.image.engine.call("stop", name)

        assert place.account.states(run_id) in (["shutting-down"], ["terminated"])
        output, _ = process.communicate(timeout=60)
        assert "SIGTERM: ending the run" in output
        assert "Traceback" not in output
        wait_for(lambda: place.account.states(run_id) == ["terminated"], "the instance's end")
        assert place.left(name) == []
    finally:
        _end(place, process, name)


def test_control_c_on_a_terminal_ends_the_instance(place: Place, run_id: str, name: str) -> None:
    options = ("--interactive", "--tty", *place.mounts, *variables(place.credentials))
    controller, terminal = pty.openpty()
    process = subprocess.Popen(
        place.image.command(*place.bench(run_id), options=options, name=name),
        env={**os.environ, **place.credentials},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    try:
        wait_for(
            lambda: place.account.states(run_id) == ["running"] or process.poll() is not None, "the instance", TIMEOUT
        )
        os.write(controller, b"\x03")
        output = _read_to_end(controller)

        assert process.wait(timeout=60) == 130, output
        assert "SIGINT: ending the run" in output
        assert "Ended i-" in output
        assert "Traceback" not in output
        assert place.account.states(run_id) == ["terminated"]
        assert place.left(name) == []
    finally:
        os.close(controller)
        _end(place, process, name)


def _read_to_end(controller: int) -> str:
    """Everything that a terminal shows until its last writer closes it."""
    shown = b""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        try:
            part = os.read(controller, 4096)
        except OSError:  # How Linux says that a terminal has no writer any more.
            break
        if not part:
            break
        shown += part
    return shown.decode(errors="replace")


def _end(place: Place, process: subprocess.Popen[str] | subprocess.Popen[bytes], name: str) -> None:
    """Whatever became of the test, its container is gone."""
    if place.left(name):
        place.image.engine.call("rm", "--force", name)
    process.wait(timeout=60)


def test_cores_and_memory_alone_list_types(place: Place) -> None:
    listed = place.image.run("--cpu", "8", "--memory", "61035", environment=place.credentials)
    assert listed.code == 0, listed.output
    heading, first, *_ = listed.output.splitlines()
    assert heading.split()[:2] == ["Type", "Cores"]
    assert f"To run on the best fit: benchmarks bench -i {first.split()[0]}\n" in listed.output


def test_a_task_by_its_name_and_a_playbook_say_the_same(place: Place) -> None:
    words = ("bench.types", "--cpu", "8", "--format", "names")
    listed = place.image.run(*words, environment=place.credentials)
    assert listed.code == 0, listed.output
    played = place.image.run(
        "ansible-playbook", "playbooks/types.yml", "-e", "cpu=8", environment=place.credentials, options=place.mounts
    )
    assert played.code == 0, played.output
    (record,) = place.runs.glob("*/instance_types.json")
    assert [row["type"] for row in json.loads(record.read_text())["types"]] == listed.output.split()


def test_a_profile_that_assumes_a_role_is_found_in_a_mounted_directory(place: Place) -> None:
    facts = place.account.facts
    aws = place.directory / ".aws"
    aws.mkdir(mode=0o700)
    (aws / "credentials").write_text(
        f"[base]\naws_access_key_id = {facts['access_key_id']}\naws_secret_access_key = {facts['secret_access_key']}\n"
    )
    iam = place.account.client("iam")
    role = iam.create_role(RoleName="runs-benchmarks", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    allowed = documented_policies.document(policy_page.RUN, facts["account_id"])
    iam.put_role_policy(RoleName="runs-benchmarks", PolicyName="runs", PolicyDocument=allowed)
    (aws / "config").write_text(
        f"[profile bench]\nrole_arn = {role}\nsource_profile = base\nregion = {facts['region']}\n"
        f"endpoint_url = {facts['endpoint_url']}\n[profile base]\nendpoint_url = {facts['endpoint_url']}\n"
    )
    for path in aws.iterdir():
        path.chmod(0o600)
    options = ("--volume", f"{aws}:/root/.aws:ro", "--read-only")
    words = ("bench.types", "--cpu", "8", "--memory", "61035", "--format", "names")
    listed = place.image.run(*words, options=options, environment={"AWS_PROFILE": "bench"})
    assert listed.code == 0, listed.output
    assert listed.output.split()


def test_another_key_is_read_wherever_it_is_mounted(place: Place) -> None:
    options = ("--volume", f"{place.key}:/keys/mine:ro")
    words = ("-i", "c7i.large", "--region", "us-east-1", "--key-file", "/keys/mine")
    refused = place.image.run(*words, options=options, environment={"AWS_EC2_METADATA_DISABLED": "true"})
    # The key has been accepted where what comes next is missing.
    assert NO_CREDENTIALS in " ".join(refused.output.split())
    assert "No directory is mounted at /runs" in refused.output


def read_only(place: Place) -> tuple[str, ...]:
    return "--volume", f"{place.runs}:/runs:ro"


def directory_for_key(place: Place) -> tuple[str, ...]:
    (place.directory / "made-by-mistake").mkdir()
    return "--volume", f"{place.directory}/made-by-mistake:/root/benchmarks.pem"


def foreign_user(place: Place) -> tuple[str, ...]:
    return "--user", "34567:34567", "--volume", f"{place.key}:/root/benchmarks.pem"


def foreign_directory(place: Place) -> tuple[str, ...]:
    """One that its owner alone may enter, with a key and a suite in it, for a user who is not its owner."""
    directory = place.directory / "private"
    directory.mkdir(mode=0o700)
    for name in ("key", "suite.yml"):
        (directory / name).write_text("")
    return "--user", "34567:34567", "--volume", f"{directory}:/private"


def nothing(_place: Place) -> tuple[str, ...]:
    return ()


MACHINE = ("--instance-type", "c7i.large", "--region", "us-east-1")


@pytest.mark.parametrize(
    ("options", "words", "sentence"),
    [
        (nothing, (), "Nothing was asked for, so nothing was launched."),
        (nothing, ("--instnace-type", "x"), "Did you mean --instance-type? See benchmarks bench --help."),
        (nothing, ("bench.tpyes",), "Did you mean bench.types? benchmarks --list shows them all."),
        (nothing, ("demo",), "Unknown task demo. benchmarks --list shows them all."),
        (nothing, MACHINE, NO_CREDENTIALS),
        (nothing, (*MACHINE, "--key-file", "/keys/none"), "The key file /keys/none does not exist"),
        (read_only, MACHINE, "The runs directory /runs cannot be written: Read-only file system."),
        (directory_for_key, MACHINE, "/root/benchmarks.pem is a directory, not a key"),
        (foreign_user, MACHINE, "/root/benchmarks.pem cannot be read by the container's user 34567"),
        (foreign_directory, (*MACHINE, "--key-file", "/private/key"), "The key file /private/key cannot be read"),
        (foreign_directory, (*MACHINE, "--suite", "/private/suite.yml"), "/private/suite.yml cannot be read"),
        (foreign_directory, (*MACHINE, "--runs-dir", "/private/runs"), "The runs directory /private/runs cannot be"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else getattr(value, "__name__", "")[:40],
)
def test_what_cannot_be_done_is_refused_in_a_sentence(
    place: Place, options: Callable[[Place], tuple[str, ...]], words: tuple[str, ...], sentence: str
) -> None:
    without = {"AWS_EC2_METADATA_DISABLED": "true"}
    refused = place.image.run(*words, options=options(place), environment=without)
    assert sentence in " ".join(refused.output.split())
    assert "Traceback" not in refused.output
    assert refused.code == 2


def test_the_image_is_small_and_has_the_product_alone(image: Image) -> None:
    assert image.bytes < LARGEST
    found = image.shell(
        "cd /opt/benchmarks && ls -A; for each in cc gcc make pip pip3 git; do command -v $each; done; "
        "ls /var/lib/apt/lists; find / -xdev -name '*.whl' -o -xdev -path '*/.cache/pip'; "
        "find . -name '*.py' -path './benchmarks/*' | wc -l; find . -name '*.pyc' -path './benchmarks/*' | wc -l; "
        "find . ! -user root -o -perm /022 ! -type l"
    ).split()
    assert found[: found.index("tasks.py") + 1] == [
        ".venv", "__pycache__", "ansible.cfg", "benchmarks", "benchmarks.egg-info", "group_vars", "inventory",
        "playbooks", "plugins", "roles", "runs", "tasks.py",
    ]  # fmt: skip
    modules, compiled, *others = found[found.index("tasks.py") + 1 :]
    assert modules == compiled
    assert others == []
    listed = image.run("--list")
    assert "bench.types" in listed.output
    for name in ("sandbox", "demo", "lint", "completion"):
        assert name not in listed.output


PARAMETERS = [(entry, parameter) for entry in spec.entry_points() for parameter in spec.parameters(entry)]
ENTRY = "/opt/benchmarks/.venv/bin/python -I -m benchmarks.container"


def test_every_parameter_has_the_help_that_it_has_elsewhere(image: Image) -> None:
    shown = {entry: image.run(interfaces.task(entry), "--help").output for entry in spec.entry_points()}
    for entry, parameter in PARAMETERS:
        assert task_help.line(parameter) in " ".join(shown[entry].split())


def test_results_can_be_compared_with_what_the_image_has_of_numpy_and_scipy(image: Image) -> None:
    script = (
        "from benchmarks.comparison.comparing import compare; "
        "from benchmarks.comparison.unit_numbers import BenchmarkKey, UnitNumber; "
        "old, new = ({BenchmarkKey(None, 'a'): [UnitNumber(str(n), n) for n in side]} for side in ([1, 1], [2, 2])); "
        "print(compare(old, new).rows[0].verdict)"
    )
    said = image.shell(f"cd /opt/benchmarks && .venv/bin/python -I -W error -c {shlex.quote(script)}")
    assert said == "slower\n"


def test_every_parameter_is_refused_by_the_sentence_that_refuses_it_elsewhere(image: Image) -> None:
    # In one container, since each takes longer to start than to refuse.
    given = [(interfaces.task(entry), *interfaces.flags({p.name: interfaces.WRONG[p.type]})) for entry, p in PARAMETERS]
    said = image.shell("\n".join(f"{ENTRY} {shlex.join(words)} 2>&1; echo exit $?" for words in given))
    ended = [" ".join(part.split()) for part in said.split("exit 2\n")]
    assert ended == [*(" ".join(interfaces.refusal(parameter).split()) for _, parameter in PARAMETERS), ""]


def test_help_and_version_need_nothing(image: Image) -> None:
    helped = image.run("-h")
    assert helped.code == 0
    assert helped.output.startswith("Usage: benchmarks bench [options]")
    assert image.run("--version", options=("--read-only",)).output.startswith("benchmarks ")
