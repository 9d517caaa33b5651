"""The AWS endpoint: layers in front of moto, outermost first."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import time
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from sandbox.aws import moto_repairs
from sandbox.aws.admin import PREFIX, Admin
from sandbox.aws.consistency import Consistency
from sandbox.aws.ec2 import credit_options, opt_in_regions, spot_history, type_offerings, wording
from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.ec2.launcher import Launcher
from sandbox.aws.ec2.vcpu_quotas import Quotas
from sandbox.aws.faults import Faults
from sandbox.aws.iam.authorization import Authorization, DeniedError
from sandbox.aws.iam.credentials import Keyring, caller_identity
from sandbox.aws.journal import Journal
from sandbox.aws.pricing import price_list
from sandbox.aws.protocol import AwsError, Backend, Call, Reply, WSGIApplication, failure, through_wsgi
from sandbox.aws.s3.buckets import S3
from sandbox.machine import Machines
from sandbox.settings import Settings

log = logging.getLogger(__name__)

Handlers = Mapping[tuple[str, str], Callable[[Call], Reply]]


class ConnectionReset(Exception):  # noqa: N818 - it is not an error of ours
    """A fault requires a connection reset instead of an answer."""


def application(settings: Settings, machines: Machines) -> WSGIApplication:
    """The AWS endpoint of one sandbox, as a WSGI application for a threaded server. One per process."""
    server = moto_repairs.server()

    def moto(call: Call) -> Reply:
        moto_repairs.prepare(settings.account_id, call.region or settings.region)
        inner = call.with_headers({"x-moto-account-id": settings.account_id})
        return wording.plain_errors(through_wsgi(server, inner))

    fleet = Fleet(settings, machines, moto)
    faults = Faults()
    keyring = Keyring(settings)
    authorization = Authorization(settings, keyring.owner)
    journal = Journal(settings.requests_log)
    consistency = Consistency(settings, fleet, moto)
    s3 = S3(settings, moto)
    quotas = Quotas(settings, fleet, moto)
    launcher = Launcher(settings, machines, fleet, moto, consistency.check_profile, quotas.check, faults.launching)
    handlers: Handlers = {
        ("ec2", "RunInstances"): launcher.run,
        ("ec2", "TerminateInstances"): fleet.terminate,
        ("ec2", "StopInstances"): fleet.stop,
        ("ec2", "StartInstances"): fleet.start,
        ("ec2", "RebootInstances"): fleet.reboot,
        ("ec2", "ModifyInstanceAttribute"): fleet.modify,
        ("ec2", "CreateLaunchTemplate"): launcher.new_template,
        ("ec2", "CreateLaunchTemplateVersion"): launcher.new_template_version,
        ("ec2", "GetConsoleOutput"): fleet.console,
        ("ec2", "DescribeInstances"): consistency.describe_instances,
        ("ec2", "DescribeInstanceStatus"): consistency.describe_instance_status,
        ("ec2", "DescribeTags"): consistency.describe_tags,
        ("ec2", "DescribeInstanceCreditSpecifications"): credit_options.describe(fleet, consistency.refuse_unknown),
        ("ec2", "DeleteSecurityGroup"): wording.delete_group(fleet, moto),
        ("ec2", "DescribeLaunchTemplates"): wording.describe_templates(fleet, moto),
        ("ec2", "DescribeInstanceTypes"): type_offerings.describe_types,
        ("ec2", "DescribeInstanceTypeOfferings"): type_offerings.describe_offerings,
        ("ec2", "GetInstanceTypesFromInstanceRequirements"): type_offerings.types_by_requirements,
        ("ec2", "DescribeRegions"): opt_in_regions.describe_regions(settings, moto),
        ("ec2", "DescribeSpotPriceHistory"): spot_history.price_history,
        ("pricing", "GetProducts"): price_list.get_products,
        ("pricing", "GetAttributeValues"): price_list.get_attribute_values,
        **quotas.handlers(),
        ("sts", "GetCallerIdentity"): caller_identity(settings, moto),
    }

    def handle(call: Call) -> Reply:
        if call.service == "ec2" and call.action.startswith("Describe"):
            fleet.refresh()
        answer = s3 if call.service == "s3" else handlers.get((call.service, call.action), moto)
        reply = answer(call)
        keyring.learn(call, reply)
        consistency.learn(call, reply)
        fleet.learn(call, reply)
        return reply

    def guarded(call: Call) -> Reply:
        if s3.open_to_all(call):
            return moto(call)
        keyring.check(call)
        authorization.check(call)
        fault = faults.at_the_door(call.service, call.action)
        if fault is None:
            return handle(call)
        reply = handle(call) if fault.late else None
        time.sleep(fault.delay_seconds)
        if fault.reset:
            raise ConnectionReset
        if fault.error:
            raise fault.as_error()
        return reply or handle(call)

    admin = Admin(settings, fleet, keyring, faults, journal, s3, moto)
    fleet.watch()
    return wsgi(guarded, admin, journal)


def wsgi(backend: Backend, admin: Backend, journal: Journal) -> WSGIApplication:
    """Serve calls by WSGI; errors are answered as AWS does, and every AWS call is recorded."""

    def reply_to(call: Call) -> Reply:
        own = call.path.startswith(PREFIX)
        code: str | None = None
        denied = False
        try:
            reply = (admin if own else backend)(call)
        except AwsError as error:
            code, denied = error.code, isinstance(error, DeniedError)
            reply = failure(call, error)
        except ConnectionReset:
            journal.write(call, 0, "ConnectionReset")
            raise
        except NotImplementedError as error:
            code = "UnsupportedOperation"
            reply = failure(call, AwsError(code, f"The sandbox does not imitate this call ({error}).", 501))
        except Exception:
            log.exception("%s %s failed", call.service, call.action)
            code = "InternalError"
            reply = failure(call, AwsError(code, "An internal error has occurred", 500))
        if not own:
            journal.write(call, reply.status, code, denied)
        return reply

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        call = Call.read(environ)
        try:
            reply = reply_to(call)
        except ConnectionReset:
            _reset(environ.get("werkzeug.socket"))
            return []
        headers = [(name, value) for name, value in reply.headers if name.lower() != "content-length"]
        length = reply.header("content-length") if call.method == "HEAD" else None
        headers.append(("Content-Length", length or str(len(reply.body))))
        start_response(f"{reply.status} {_phrase(reply.status)}", headers)
        return [reply.body]

    return serve


def _reset(connection: socket.socket | None) -> None:
    """Close a TCP connection with a reset (RST), as when a server dies."""
    if connection is None:
        raise ConnectionResetError
    linger_no_time = struct.pack("ii", 1, 0)
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_no_time)
    # Close the descriptor itself: the server's request handler still has open files on this socket.
    with contextlib.suppress(OSError):
        socket.close(connection.detach())
    raise ConnectionResetError


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
