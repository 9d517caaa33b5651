"""Profiles whose credentials need an MFA code: asked for once by the tool, never by what it starts."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.pages import policy_page
from tests.integration.conftest import ROOT, Account, Result, inv
from tests.support import documented_policies

PROMPT = "Enter MFA code for arn:aws:iam::123456789012:mfa/me: "
PLAIN = (str(ROOT / ".venv/bin/ansible-playbook"), "playbooks/setup.yml", "-e", "allow_from=127.0.0.0/8", "-e")


@pytest.fixture
def setup(tmp_path: Path) -> tuple[str, ...]:
    return ("bench.setup", "--allow-from", "127.0.0.0/8", "--runs-dir", str(tmp_path / "runs"))


@pytest.fixture(scope="module")
def operator(account: Account) -> str:
    """A role that may set up the account and run; its ARN."""
    iam = account.client("iam")
    role = iam.create_role(RoleName="operator", AssumeRolePolicyDocument="{}")["Role"]
    for policy in (policy_page.SETUP, policy_page.RUN):
        allowed = documented_policies.document(policy, account.facts["account_id"])
        iam.put_role_policy(RoleName="operator", PolicyName=policy.stem, PolicyDocument=allowed)
    return str(role["Arn"])


@pytest.fixture
def user(account: Account, operator: str, tmp_path: Path) -> dict[str, str]:
    """The environment of a user whose only credentials are a role's, behind an MFA code."""
    keys = {name: account.facts["environment"][name] for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")}
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(
        "[profile base]\n"
        + "".join(f"{name.lower()} = {value}\n" for name, value in keys.items())
        + f"[profile work]\nrole_arn = {operator}\nsource_profile = base\n"
        + f"mfa_serial = arn:aws:iam::123456789012:mfa/me\nregion = {account.environment['AWS_DEFAULT_REGION']}\n"
    )
    dropped = (*keys, "AWS_SESSION_TOKEN", "AWS_DEFAULT_REGION", "AWS_REGION")
    kept = {name: value for name, value in account.environment.items() if name not in dropped}
    return {**kept, "AWS_PROFILE": "work", "HOME": str(tmp_path), "TERM": "xterm"}


def at_a_terminal(argv: Sequence[str], environment: dict[str, str], typed: str, patience: float = 120) -> Result:
    """Run a command at a terminal of its own, and type `typed` at the prompt for the code."""
    here, there = pty.openpty()

    def own_terminal() -> None:
        os.setsid()
        fcntl.ioctl(there, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        argv, env=environment, cwd=ROOT, stdin=there, stdout=there, stderr=there, preexec_fn=own_terminal
    )
    os.close(there)
    said, answered, deadline = "", 0, time.monotonic() + patience
    try:
        while time.monotonic() < deadline:
            if not select.select([here], [], [], 1)[0]:
                continue
            try:
                said += os.read(here, 65536).decode(errors="replace")
            except OSError:  # every process with the terminal has ended
                return Result(process.wait(timeout=10), said.replace("\r\n", "\n"))
            if said.count(PROMPT) > answered:
                answered += 1
                os.write(here, f"{typed}\n".encode())
        pytest.fail(f"not within {patience} s: {said}")
    finally:
        process.kill()
        process.wait()
        os.close(here)


def test_the_code_is_asked_for_once_and_serves_all_that_the_command_starts(
    user: dict[str, str], setup: tuple[str, ...]
) -> None:
    result = at_a_terminal([str(ROOT / "inv"), *setup, "--yes"], user, "654321")
    assert result.code == 0, result.output
    assert result.output.count(PROMPT) == 1
    assert "Everything is there." in result.output
    assert "654321" not in result.output


def test_no_code_is_a_sentence(user: dict[str, str], setup: tuple[str, ...]) -> None:
    result = at_a_terminal([str(ROOT / "inv"), *setup], user, "")
    assert result.code == 2, result.output
    assert "The AWS profile work gave no credentials: " in result.output
    assert "Traceback" not in result.output


def test_without_a_terminal_the_way_out_is_told(user: dict[str, str], setup: tuple[str, ...]) -> None:
    # A session of its own has no terminal, as a service or a container without -t.
    result = inv(*setup, environment=user, apart=True)
    assert result.code == 2, result.output
    assert "aws configure export-credentials --profile work --format env" in result.output
    assert "Traceback" not in result.output


def test_plain_ansible_tells_the_way_out_even_at_a_terminal(user: dict[str, str], tmp_path: Path) -> None:
    path = f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
    region = {"AWS_DEFAULT_REGION": "us-east-1"}
    result = at_a_terminal([*PLAIN, f"runs_dir={tmp_path}"], {**user, **region, "PATH": path}, "654321")
    assert result.code == 2, result.output
    assert PROMPT not in result.output
    assert "aws configure export-credentials --profile work --format env" in result.output
    assert "Traceback" not in result.output
