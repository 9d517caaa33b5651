"""A really started AWS endpoint for tests of the wire: HTTP on a free port, machines that boot nothing."""

from __future__ import annotations

import itertools
import json
import secrets
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.moto_server.werkzeug_app import MotoRequestHandler
from null_machines import NullMachines
from werkzeug.serving import make_server

from sandbox.aws import application
from sandbox.settings import Settings

# moto's state belongs to the process, so every endpoint of a test run has an account of its own.
ACCOUNTS = itertools.count(100000000001)
SESSION = boto3.session.Session()
NO_RETRIES = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint, its settings and the machines behind it."""

    url: str
    settings: Settings
    machines: NullMachines

    def client(self, service: str, **overrides: Any) -> Any:
        """A boto3 client of the sandbox's own user, which does not retry."""
        given = {
            "endpoint_url": self.url,
            "region_name": "us-east-1",
            "aws_access_key_id": self.settings.access_key_id,
            "aws_secret_access_key": self.settings.secret_access_key,
            "config": NO_RETRIES,
        }
        return SESSION.client(service, **(given | overrides))

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        """Ask one of the endpoint's own paths; the status and the JSON answered."""
        headers = {"X-Sandbox-Token": self.settings.admin_token if token is None else token}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, json.load(response)
        except HTTPError as error:
            return error.code, error.read().decode()

    def faults(self, *faults: dict[str, Any]) -> None:
        status, answer = self.ask("PUT", "/_sandbox/faults", list(faults))
        assert status == 200, answer


@pytest.fixture(scope="session")
def start_endpoint() -> Iterator[Callable[..., Endpoint]]:
    """Starts endpoints with settings of the caller's choice; ends them all."""
    servers = []

    def start(machines: NullMachines | None = None, **overrides: Any) -> Endpoint:
        account = str(next(ACCOUNTS))
        values: dict[str, Any] = {
            "access_key_id": "AKIA" + secrets.token_hex(8).upper(),
            "secret_access_key": secrets.token_urlsafe(30),
            "admin_token": secrets.token_urlsafe(16),
            "account_id": account,
            "tag_delay_seconds": 0.0,
            "instance_delay_seconds": 0.0,
            "profile_delay_seconds": 0.0,
            "status_check_seconds": 0.0,
        }
        settings = Settings(**(values | overrides))
        if machines is None:
            machines = NullMachines(boot_seconds=0.0)
        server = make_server(
            "127.0.0.1", 0, application(settings, machines), threaded=True, request_handler=MotoRequestHandler
        )
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        servers.append((server, thread))
        return Endpoint(f"http://127.0.0.1:{server.port}", settings, machines)

    yield start
    for server, thread in servers:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="session")
def endpoint(start_endpoint: Callable[..., Endpoint]) -> Endpoint:
    """An endpoint whose instances run at once and whose changes are visible at once."""
    return start_endpoint()


@pytest.fixture(scope="session")
def ec2(endpoint: Endpoint) -> Any:
    return endpoint.client("ec2")


@pytest.fixture(scope="session")
def iam(endpoint: Endpoint) -> Any:
    return endpoint.client("iam")


@pytest.fixture(scope="session")
def s3(endpoint: Endpoint) -> Any:
    return endpoint.client("s3")


def debian(client: Any, architecture: str = "x86_64") -> str:
    """The newest Debian 13 AMI as its users look it up."""
    images = client.describe_images(
        Owners=["136693071363"],
        Filters=[{"Name": "name", "Values": ["debian-13-*"]}, {"Name": "architecture", "Values": [architecture]}],
    )["Images"]
    return str(max(images, key=lambda image: image["CreationDate"])["ImageId"])


@pytest.fixture(scope="session")
def image(ec2: Any) -> str:
    return debian(ec2)


@pytest.fixture(scope="session")
def launch(ec2: Any, image: str) -> Callable[..., dict[str, Any]]:
    """Launches one instance and returns its description."""

    def run(client: Any = None, **parameters: Any) -> dict[str, Any]:
        given: dict[str, Any] = {"InstanceType": "c5.large", "MinCount": 1, "MaxCount": 1}
        if "LaunchTemplate" not in parameters:
            given["ImageId"] = image
        instance: dict[str, Any] = (client or ec2).run_instances(**(given | parameters))["Instances"][0]
        return instance

    return run


def describe(client: Any, instance_id: str) -> dict[str, Any]:
    found: dict[str, Any] = client.describe_instances(InstanceIds=[instance_id])["Reservations"][0]["Instances"][0]
    return found


def wait_for_state(client: Any, instance_id: str, state: str, seconds: float = 5.0) -> dict[str, Any]:
    """The instance's description once it is in a state."""
    end = time.monotonic() + seconds
    while True:
        instance = describe(client, instance_id)
        if instance["State"]["Name"] == state:
            return instance
        assert time.monotonic() < end, f"{instance_id} is {instance['State']['Name']}, not {state}"
        time.sleep(0.05)


def refused(code: str, call: Callable[..., Any], **parameters: Any) -> str:
    """The sentence with which a call is refused by this code."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    assert caught.value.response["Error"]["Code"] == code, caught.value
    return str(caught.value.response["Error"]["Message"])


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return "test-" + secrets.token_hex(6)
