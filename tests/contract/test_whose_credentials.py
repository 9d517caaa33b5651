"""amazon.aws asks AWS as the same user, and in the same region, as our own code, the AWS CLI and botocore do.

Keys of the environment count, and a profile does not, if both are set: https://github.com/boto/botocore/pull/486
"""

from __future__ import annotations

import json
import os
import re
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from benchmarks.aws import session
from benchmarks.paths import ROOT
from benchmarks.runs import record_files
from tests.support import records
from tests.support.repository import files, yaml_of

BIN = ROOT / ".venv/bin"
INVENTORY = ROOT / "inventory/benchmarks.aws_ec2.yml"
SETUP = ROOT / "roles/setup/tasks/main.yml"
GROUP = "group/amazon.aws.aws"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAKEYS", "AWS_SECRET_ACCESS_KEY": "secret"}
PROFILES = {"AWS_DEFAULT_PROFILE": "work", "AWS_PROFILE": "other"}
LEFT = {"AWS_SESSION_TOKEN": "old", "AWS_SECRET_ACCESS_KEY": "old", "AWS_ACCESS_KEY": "AKIAOLD"}
REGION = {"AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "eu-central-1"}


@contextmanager
def endpoint(certificate: Path | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    """An EC2 endpoint that knows of nothing: its URL, and who has asked it for what, and where.

    With a `certificate`, a file that has its key as well, it is one of HTTPS.
    """
    seen: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            (action,) = parse_qs(body)["Action"]
            key, _date, region = re.findall(r"Credential=(\w+)/(\d+)/([\w-]+)/", self.headers["Authorization"])[0]
            token = self.headers["X-Amz-Security-Token"]
            seen[action] = " ".join([key, region, *([f"with the token {token}"] if token else [])])
            answer = f"<{action}Response><vpcSet/><reservationSet/></{action}Response>".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}", seen
        server.shutdown()


@pytest.fixture
def asked() -> Iterator[tuple[str, dict[str, str]]]:
    with endpoint() as found:
        yield found


def setup_defaults() -> dict[str, Any]:
    """What the setup role gives all modules of amazon.aws."""
    (defaults,) = [task["module_defaults"][GROUP] for task in yaml_of(SETUP) if "module_defaults" in task]
    return dict(defaults)


def module_in_setup(directory: Path, region: str) -> Path:
    """A playbook that calls one module as the setup role calls all of them."""
    play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {GROUP: setup_defaults()},
        "vars": {"ansible_python_interpreter": "{{ ansible_playbook_python }}", "setup_survey": {"region": region}},
        "tasks": [{"amazon.aws.ec2_vpc_net_info": {}}],
    }
    (directory / "play.yml").write_text(yaml.safe_dump([play]))
    return directory / "play.yml"


def ansible(program: str, environment: dict[str, str], *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / program, *words],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "who"),
    [
        # Of the two profiles, botocore takes that of AWS_DEFAULT_PROFILE.
        ({**KEYS, **REGION, **PROFILES, "AWS_SESSION_TOKEN": "mine"}, "AKIAKEYS eu-central-1 with the token mine"),
        # What is left of other keys, or named as no tool of AWS's does today, is not read.
        ({**REGION, **PROFILES, **LEFT}, "AKIAWORK eu-central-1"),
        ({"AWS_PROFILE": "work"}, "AKIAWORK eu-north-1"),
    ],
)
def test_keys_and_profiles_count_as_for_botocore(
    asked: tuple[str, dict[str, str]],
    given: dict[str, str],
    who: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, seen = asked
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text("[profile work]\nregion = eu-north-1\n[profile other]\nregion = eu-west-3\n")
    (tmp_path / ".aws/credentials").write_text(
        "".join(
            f"[{name}]\naws_access_key_id = AKIA{name.upper()}\naws_secret_access_key = x\n"
            for name in ("work", "other")
        )
    )
    region = who.split()[1]
    play = module_in_setup(tmp_path, region)
    others = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment = {
        **others,
        **given,
        "HOME": str(tmp_path),
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    done = ansible("ansible-playbook", environment, "-i", INVENTORY, play)
    assert done.returncode == 0, done.stdout
    assert "Failed to parse inventory" not in done.stdout
    assert seen == {"DescribeInstances": who, "DescribeVpcs": who}

    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    session.connector(region)("ec2").describe_subnets()
    assert seen["DescribeSubnets"] == who


def test_a_ca_bundle_that_only_the_profile_names_serves_amazon_aws_too(tmp_path: Path) -> None:
    certificate = tmp_path / "own.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    own = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(certificate), "-out", str(tmp_path / "c.pem")]
    subprocess.run([*made, *own], check=True, capture_output=True)
    certificate.write_text(certificate.read_text() + (tmp_path / "c.pem").read_text())
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[profile work]\nca_bundle = {tmp_path / 'c.pem'}\n")
    record_files.write(tmp_path / "r1", records.instances(region="eu-central-1"))
    dropped = ("AWS_", "REQUESTS_CA_BUNDLE")
    others = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    with endpoint(certificate) as (url, seen):
        environment = {**others, **KEYS, "AWS_PROFILE": "work", "HOME": str(tmp_path), "AWS_ENDPOINT_URL": url}
        of_run = json.dumps({"run_id": "r1", "runs_dir": str(tmp_path)})
        done = ansible("ansible-playbook", environment, module_in_setup(tmp_path, "eu-central-1"), "-e", of_run)
    assert done.returncode == 0, done.stdout
    assert "Failed to parse" not in done.stdout
    assert seen == dict.fromkeys(("DescribeInstances", "DescribeVpcs"), "AKIAKEYS eu-central-1")


def test_all_modules_of_amazon_aws_are_given_that() -> None:
    using = [
        path
        for path in files("roles", "playbooks", suffixes=(".yml",))
        if re.search(r"^\s+(- )?amazon\.aws\.\w+:", path.read_text(), re.MULTILINE)
    ]
    assert using
    assert {path.parent for path in using} == {SETUP.parent}
    assert {"profile", "access_key", "secret_key", "session_token"} <= setup_defaults().keys() & yaml_of(
        INVENTORY
    ).keys()
