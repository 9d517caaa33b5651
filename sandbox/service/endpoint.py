"""The process behind a sandbox: serves the AWS endpoint, and boots and follows the instances.

Usage: python -m sandbox.service.endpoint DIRECTORY IMAGE READY

DIRECTORY holds settings.json and gets state.json, which names IMAGE. READY is the number of an open file descriptor; a
line is written to it once the endpoint answers.
"""

from __future__ import annotations

import ipaddress
import logging
import os
import random
import signal
import socket
import sys
import threading
from dataclasses import replace
from pathlib import Path

from moto.moto_server.werkzeug_app import MotoRequestHandler
from werkzeug.serving import BaseWSGIServer, make_server

from sandbox import aws, background_process, state
from sandbox.aws.protocol import WSGIApplication
from sandbox.exclusive_lock import machine_wide
from sandbox.machines import address_pool, engine
from sandbox.machines.container_machines import ContainerMachines, Site
from sandbox.machines.containers import labels
from sandbox.machines.engine import Engine, EngineError
from sandbox.machines.shares import Computer
from sandbox.machines.watch import Watcher
from sandbox.settings import Settings
from sandbox.state import Sandbox, State

log = logging.getLogger(__name__)

_CLOSE_SECONDS = 8.0


class _Handler(MotoRequestHandler):
    """Does not log requests: the application does, in more detail."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


def main(directory: Path, image: str, ready: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    box = Sandbox(directory.name, directory)
    found = engine.find()
    if found is None:
        raise SystemExit("No container engine answers.")
    door = socket.create_server(("127.0.0.1", 0), backlog=128)
    port = door.getsockname()[1]
    settings = Settings.from_json(box.settings.read_text(encoding="utf-8"))
    settings = replace(settings, endpoint_url=f"http://127.0.0.1:{port}")
    ssh_port = address_pool.ssh_port()
    site = Site(
        engine=found,
        sandbox=box,
        settings=settings,
        endpoint_port=port,
        ssh_port=ssh_port,
        pool=address_pool.Pool(_network(found, box), settings.region, ssh_port),
        computer=Computer.of_here(),
        watcher=Watcher(),
    )
    machines = ContainerMachines(site)
    application = aws.application(settings, machines)

    # In a container's network 127.0.0.1 is not the host's: containers use a socket instead.
    inner_door = _socket(box.socket)
    for handle in (door, inner_door):
        server = _server(application, handle)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    state.write_private(box.state, _state(site, image).to_json())
    with os.fdopen(ready, "w", encoding="utf-8") as channel:
        channel.write("ready\n")
    log.info("serving at %s", settings.endpoint_url)
    told.wait()
    # Containers outlive this process and are removed by whoever stops it; none may be starting then.
    machines.close(_CLOSE_SECONDS)
    os._exit(0)


def _state(site: Site, image: str) -> State:
    identity = background_process.identify(os.getpid())
    assert identity is not None, "this process lives"
    return State(
        process=identity,
        endpoint_url=site.settings.endpoint_url,
        region=site.settings.region,
        account_id=site.settings.account_id,
        access_key_id=site.settings.access_key_id,
        secret_access_key=site.settings.secret_access_key,
        admin_token=site.settings.admin_token,
        ssh_port=site.ssh_port,
        engine=site.engine.name,
        image=image,
    )


def _server(application: WSGIApplication, handle: socket.socket) -> BaseWSGIServer:
    host = "unix://" if handle.family == socket.AF_UNIX else handle.getsockname()[0]
    port = 0 if handle.family == socket.AF_UNIX else handle.getsockname()[1]
    return make_server(host, port, application, threaded=True, request_handler=_Handler, fd=handle.fileno())


def _socket(path: Path) -> socket.socket:
    # Socket paths have a short maximum length: change to the directory and bind by file name.
    os.chdir(path.parent)
    path.unlink(missing_ok=True)
    door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    door.bind(path.name)
    path.chmod(0o600)
    door.listen(128)
    return door


def _network(found: Engine, box: Sandbox) -> ipaddress.IPv4Network:
    """Create the sandbox's own network; the engine refuses subnets that are in use."""
    options = [word for name, value in labels(box).items() for word in ("--label", f"{name}={value}")]
    refused = ""
    with machine_wide("network"):
        for _ in range(20):
            subnet = ipaddress.IPv4Network(f"10.231.{random.randrange(256)}.0/24")
            try:
                found.call("network", "create", *options, "--subnet", str(subnet), box.key)
                return subnet
            except EngineError as error:
                refused = str(error)
    raise SystemExit(f"The container engine cannot create a network for the sandbox. {refused}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
