"""A running AWS endpoint as tests of the wire use it, and what they ask of it again and again."""

from __future__ import annotations

import itertools
import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from sandbox.settings import Settings
from tests.support.null_machines import NullMachines

# moto's state belongs to the process, so every endpoint of a test run has an account of its own.
ACCOUNTS = itertools.count(100000000001)
SESSION: Any = boto3.session.Session()
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


def debian(client: Any, architecture: str = "x86_64") -> str:
    """The newest Debian 13 AMI as its users look it up."""
    images = client.describe_images(
        Owners=["136693071363"],
        Filters=[{"Name": "name", "Values": ["debian-13-*"]}, {"Name": "architecture", "Values": [architecture]}],
    )["Images"]
    return str(max(images, key=lambda image: image["CreationDate"])["ImageId"])


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


def fetch(url: str) -> tuple[int, bytes]:
    """What is behind a link for a client that is no SDK: the status and the body."""
    try:
        with urllib.request.urlopen(url, timeout=10) as response:
            return response.status, response.read()
    except HTTPError as error:
        return error.code, error.read()
