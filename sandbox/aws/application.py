"""The AWS endpoint: layers in front of moto, from the door inwards."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.launch import Launcher
from sandbox.aws.lifecycle import Fleet
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, WSGIApplication, failure, through_wsgi
from sandbox.machines import Machines
from sandbox.settings import Settings

log = logging.getLogger(__name__)

Handlers = Mapping[tuple[str, str], Callable[[Call], Reply]]


def application(settings: Settings, machines: Machines) -> WSGIApplication:
    """The AWS endpoint of one sandbox, as a WSGI application for a threaded server. One a process."""
    server = moto_repairs.server()

    def moto(call: Call) -> Reply:
        return through_wsgi(server, call.with_headers({"x-moto-account-id": settings.account_id}))

    fleet = Fleet(settings, machines, moto)
    launcher = Launcher(settings, machines, fleet, moto)
    handlers: Handlers = {
        ("ec2", "RunInstances"): launcher.run,
        ("ec2", "TerminateInstances"): fleet.terminate,
        ("ec2", "StopInstances"): fleet.stop,
        ("ec2", "StartInstances"): fleet.start,
        ("ec2", "RebootInstances"): fleet.reboot,
        ("ec2", "GetConsoleOutput"): fleet.console,
    }

    def ec2_is_fresh(call: Call) -> Reply:
        if call.service == "ec2" and call.action.startswith("Describe"):
            fleet.refresh()
        return handlers.get((call.service, call.action), moto)(call)

    fleet.watch()
    return wsgi(ec2_is_fresh)


def wsgi(backend: Backend) -> WSGIApplication:
    """Serve calls by WSGI; whatever goes wrong is answered as AWS answers."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Call.read(environ)
        try:
            reply = backend(call)
        except AwsError as error:
            reply = failure(call, error)
        except Exception:
            log.exception("%s %s failed", call.service, call.action)
            reply = failure(call, AwsError("InternalError", "An internal error has occurred", 500))
        headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
        length = reply.header("content-length") if call.method == "HEAD" else None
        headers.append(("Content-Length", length or str(len(reply.body))))
        start_response(f"{reply.status} {_phrase(reply.status)}", headers)
        return [reply.body]

    return serve


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
