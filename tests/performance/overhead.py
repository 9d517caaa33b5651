"""What the pipeline adds over the same commands typed by hand through ssh on the same host, from one run.

Prints seconds and ratios; judges nothing. Both ways use the same instance, with everything installed and built already,
so that what is left is what the pipeline itself does.
"""

from __future__ import annotations

import json
import os
import shlex
import statistics
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

from tests.support.aws_clients import client

ROOT = Path(__file__).resolve().parents[2]
CRATES = ROOT / "tests/integration/crates"
ROUNDS = 3
GOAL = 8.0  # seconds


def inv(*arguments: str, environment: dict[str, str]) -> str:
    done = subprocess.run([ROOT / "inv", *arguments], env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def timed(argv: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run(argv, env=environment, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def by_hand(ssh: list[str], scp: list[str], login: str, record: dict[str, Any], target: Path) -> list[list[str]]:
    """The commands that a person would type: install, fetch, build, run, copy the results."""
    cargo = record["cargo"]
    settings = {
        "RUSTFLAGS": "-C target-cpu=native",
        "CARGO_TARGET_DIR": f"{cargo['root']}/target/{Path(cargo['directory']).name}",
        "CRITERION_HOME": "/tmp/criterion",
    }
    prefix = " ".join(f"{name}={shlex.quote(value)}" for name, value in settings.items())
    bench = f"cd {cargo['directory']} && {prefix} cargo bench --locked --package tiny --bench tiny"
    return [
        [
            *ssh,
            "sudo apt-get install -y --no-install-recommends ca-certificates g++ gcc git libc6-dev make cargo rustc",
        ],
        [*ssh, f"cd {cargo['directory']} && cargo fetch --locked"],
        [*ssh, f"{bench} --no-run"],
        [*ssh, f"{bench} > /tmp/benchmark.log 2>&1"],
        [*scp, "-r", f"{login}:/tmp/benchmark.log", f"{login}:/tmp/criterion", str(target)],
    ]


def main() -> None:
    name = f"perf-{uuid.uuid4().hex[:6]}"
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        plain = {**os.environ, "XDG_STATE_HOME": scratch}
        try:
            inv("sandbox.up", "--name", name, environment=plain)
            facts = json.loads(inv("sandbox.env", "--name", name, "--format", "json", environment=plain))
            kept = {key: value for key, value in plain.items() if key not in {*facts["unset"], "AWS_CA_BUNDLE"}}
            environment = {**kept, **facts["environment"]}
            measure(facts, environment, home)
        finally:
            inv("sandbox.down", "--name", name, environment=plain)


def measure(facts: dict[str, Any], environment: dict[str, str], home: Path) -> None:
    runs = home / "runs"
    inv("bench.setup", "--yes", "--allow-from", "127.0.0.0/8", "--runs-dir", str(runs), environment=environment)
    ec2 = client(facts, "ec2")
    image = ec2.describe_images(Owners=["self"], Filters=[{"Name": "name", "Values": ["sandbox-rust-*"]}])["Images"][0]
    common = ["--suite", str(CRATES / "tiny.yml"), "--runs-dir", str(runs)]
    first = ["bench", "-i", "c7i.large", "--ami", image["ImageId"], "--run-id", "perf", "--keep", *common]
    inv(*first, "--ssh-port", str(facts["ssh_port"]), environment=environment)

    (instance,) = json.loads((runs / "perf/instances.json").read_text())["instances"]
    record = json.loads((runs / "perf" / instance["instance_id"] / "toolchain.json").read_text())
    key, address, port = runs / "perf/keys/login", instance["public_ip"], str(facts["ssh_port"])
    login = f"benchmarks@{address}"
    known_hosts = home / "known_hosts"
    host_key = (runs / "perf/known_hosts").read_text().split(" ", 1)[1]
    known_hosts.write_text(f"{address} {host_key}[{address}]:{port} {host_key}")
    options = ["-i", str(key), "-o", f"UserKnownHostsFile={known_hosts}", "-o", "StrictHostKeyChecking=yes"]
    ssh = ["ssh", *options, "-p", port, login]
    scp = ["scp", *options, "-P", port]
    tool_environment = {**environment, "ANSIBLE_SSH_COMMON_ARGS": f"-o UserKnownHostsFile={known_hosts}"}
    on_host = ["bench", "--host", f"{login}:{port}", "--key-file", str(key), *common]

    hand, tool, stages = [], [], []
    for number in range(ROUNDS):
        target = home / f"copied-{number}"
        target.mkdir()
        hand.append(sum(timed(command, environment) for command in by_hand(ssh, scp, login, record, target)))
        tool.append(timed([str(ROOT / "inv"), *on_host, "--run-id", f"host-{number}"], tool_environment))
        stages.append(seconds_by_stage(runs / f"host-{number}"))
    report(hand, tool, stages)
    print("the first run, which launched the instance and built everything:")
    for name, seconds in seconds_by_stage(runs / "perf").items():
        print(f"  {name:<12} {seconds:6.1f} s")


def seconds_by_stage(directory: Path) -> dict[str, float]:
    """How long the stages of a run have taken."""
    noted = json.loads((directory / "stages.json").read_text())["stages"]
    return {stage["name"]: stage["seconds"] for stage in noted}


def report(hand: list[float], tool: list[float], stages: list[dict[str, float]]) -> None:
    added = statistics.median(tool) - statistics.median(hand)
    print(f"by hand   {statistics.median(hand):6.1f} s   ({', '.join(f'{value:.1f}' for value in hand)})")
    print(f"pipeline  {statistics.median(tool):6.1f} s   ({', '.join(f'{value:.1f}' for value in tool)})")
    print(
        f"added     {added:6.1f} s   ratio {statistics.median(tool) / statistics.median(hand):.2f}   goal {GOAL:.0f} s"
    )
    for name in stages[-1]:
        values = [seconds[name] for seconds in stages if name in seconds]
        print(f"  {name:<12} {statistics.median(values):6.1f} s")


if __name__ == "__main__":
    main()
