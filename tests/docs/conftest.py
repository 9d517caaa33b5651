"""An AWS account in a sandbox for those who follow the pages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from benchmarks.paths import ROOT
from tests.performance.types import install_cli
from tests.support import document_reader
from tests.support.aws_clients import client

SUITE = ROOT / "tests/integration/crates/tiny.yml"


@dataclass(frozen=True)
class Account:
    """A sandbox with what runs need, and the environment in which a reader types."""

    facts: dict[str, Any]
    environment: dict[str, str]

    def client(self, service: str) -> Any:
        return client(self.facts, service)

    def directory(self, path: Path) -> Path:
        """A directory as the pages take it for granted: the tool, and a suite."""
        port = self.facts["ssh_port"]
        document_reader.write_tools(path, ROOT, *(("--ssh-port", str(port)) if port != 22 else ()))
        shutil.copytree(SUITE.with_suffix(""), path / "tiny")
        shutil.copy(SUITE, path / "my-suite.yml")
        return path


def _aws_cli(factory: pytest.TempPathFactory) -> Path:
    """Where the AWS CLI is, which the pages use: the user's own, or one for this session."""
    return Path(shutil.which("aws") or install_cli(factory.mktemp("aws-cli"))).parent


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    name = f"docs-{uuid.uuid4().hex[:8]}"
    outside = {**os.environ, "XDG_STATE_HOME": str(tmp_path_factory.mktemp("state"))}

    def inv(*arguments: str, environment: dict[str, str]) -> str:
        done = subprocess.run([str(ROOT / "inv"), *arguments], env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    try:
        inv("sandbox.up", "--name", name, environment=outside)
        facts = json.loads(inv("sandbox.env", "--name", name, "--format", "json", environment=outside))
        kept = {k: v for k, v in outside.items() if k not in {*facts["unset"], "AWS_CA_BUNDLE"}}
        path = document_reader.path_of(Path(sys.executable).parent, _aws_cli(tmp_path_factory))
        home = {"HOME": str(tmp_path_factory.mktemp("home")), "PIP_CONFIG_FILE": os.devnull, "PATH": path}
        account = Account(facts, {**kept, **facts["environment"], **home})
        setup = ["--yes", "--allow-from", "127.0.0.0/8", "--runs-dir", str(tmp_path_factory.mktemp("setup"))]
        inv("bench.setup", *setup, environment=account.environment)
        _start_with_rust(account.client("ec2"))
        yield account
    finally:
        subprocess.run([str(ROOT / "inv"), "sandbox.down", "--name", name], env=outside, check=True)


def _start_with_rust(ec2: Any) -> None:
    """Let the default template name an image that has Rust, since installing it takes the sandbox a minute a run."""
    rust = [{"Name": "name", "Values": ["sandbox-rust-*"]}]
    (image, *_) = ec2.describe_images(Owners=["self"], Filters=rust)["Images"]
    version = ec2.create_launch_template_version(
        LaunchTemplateName="benchmarks", SourceVersion="1", LaunchTemplateData={"ImageId": image["ImageId"]}
    )["LaunchTemplateVersion"]["VersionNumber"]
    ec2.modify_launch_template(LaunchTemplateName="benchmarks", DefaultVersion=str(version))
