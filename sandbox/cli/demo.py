"""The whole job without an AWS account: real plonky2 in a sandbox, with the commands that a user would type."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys

from invoke.context import Context
from invoke.exceptions import Exit
from invoke.tasks import task

from benchmarks.playbook import signals
from sandbox.cli import commands as sandbox_tasks

INV = [sys.executable, "-m", "benchmarks.cli.program"]
NAME = "demo"
COMMANDS = (
    ["bench.setup", "--yes", "--allow-from", "127.0.0.0/8"],
    ["bench", "--instance-type", "c7i.large", "--suite", "plonky2-quick", "--toolchain", "system"],
)


@task
def demo(context: Context) -> None:
    """Benchmark real plonky2 in the sandbox, end to end."""
    sandbox_tasks.up(context, name=NAME)
    output = subprocess.run(
        [*INV, "sandbox.env", "--name", NAME, "--format", "json"], check=True, capture_output=True, text=True
    ).stdout
    sandbox = json.loads(output)
    kept = {name: value for name, value in os.environ.items() if name not in sandbox["unset"]}
    environment = {**kept, **sandbox["environment"]}
    for command in COMMANDS:
        port = ["--ssh-port", str(sandbox["ssh_port"])] if command[0] == "bench" and sandbox["ssh_port"] != 22 else []
        print(f"\n$ ./inv {shlex.join([*command, *port])}", flush=True)
        code = signals.run_forwarding_signals([*INV, *command, *port], environment)
        if code:
            raise Exit(code=code)
    print("\nThe sandbox and its S3 keep running, so the link works. To remove them: ./inv sandbox.down --name demo")
