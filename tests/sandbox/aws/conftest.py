"""Really started AWS endpoints for tests of the wire: HTTP on a free port, machines that boot nothing."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from werkzeug.serving import make_server

from sandbox.aws import RequestHandler, application
from sandbox.settings import Settings
from tests.support.null_machines import NullMachines
from tests.support.wire_endpoint import ACCOUNTS, Endpoint, debian


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
            "127.0.0.1", 0, application(settings, machines), threaded=True, request_handler=RequestHandler
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


@pytest.fixture
def name() -> str:
    """A name that no other test uses."""
    return "test-" + secrets.token_hex(6)


@pytest.fixture(scope="module")
def pricing(endpoint: Endpoint) -> Any:
    return endpoint.client("pricing")


@pytest.fixture
def faulty(start_endpoint: Callable[..., Endpoint]) -> Iterator[Endpoint]:
    yield start_endpoint()
