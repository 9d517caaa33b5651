"""The endpoint's own paths under /_sandbox/: faults of calls, of instances and of credentials, others' buckets.

Every path but `health` requires a token in the header X-Sandbox-Token, since instances can reach the endpoint too: the
sandbox's token or, for what an instance's metadata service asks about its own instance, that instance's token.
"""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.aws.ec2.instance_states import Fleet
from sandbox.aws.faults import Fault, Faults
from sandbox.aws.iam.credentials import Keyring, role_credentials
from sandbox.aws.journal import Journal
from sandbox.aws.protocol import AwsError, Backend, Call, Reply
from sandbox.aws.s3.buckets import S3
from sandbox.settings import Settings

PREFIX = "/_sandbox/"
TOKEN_HEADER = "x-sandbox-token"
# EC2 warns two minutes in advance: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
NOTICE_SECONDS = 120


class Admin:
    """Answers the paths under PREFIX."""

    def __init__(
        self,
        settings: Settings,
        fleet: Fleet,
        keyring: Keyring,
        faults: Faults,
        journal: Journal,
        s3: S3,
        moto: Backend,
    ) -> None:
        self._settings = settings
        self._fleet = fleet
        self._keyring = keyring
        self._faults = faults
        self._journal = journal
        self._s3 = s3
        self._moto = moto

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix(PREFIX).strip("/").split("/")
        match (call.method, path):
            case ("GET", ["health"]):
                return _json({"status": "ok"})
            case ("GET", ["instance", instance_id, "credentials"]):
                self._admit(call, self._settings.instance_token(instance_id))
                return self._credentials(instance_id)
            case ("GET", ["instance", instance_id, "spot"]):
                self._admit(call, self._settings.instance_token(instance_id))
                notice = self._fleet.notice(instance_id)
                return _json({"error": "no notice"}, 404) if notice is None else _json(notice)
            case ("PUT", ["instance", instance_id, "spot"]):
                self._admit(call)
                return self._interrupt(instance_id, call)
            case ("PUT", ["instance", instance_id, "checks"]):
                self._admit(call)
                return self._impair(instance_id, call)
            case ("PUT", ["keys", access_key_id, "end"]):
                self._admit(call)
                self._keyring.end(access_key_id)
                return _json({})
            case ("PUT", ["instance", instance_id, "crash"]):
                self._admit(call)
                self._fleet.crash(instance_id)
                return _json({})
            case ("PUT", ["instance", instance_id, "disk"]):
                self._admit(call)
                return self._limit_disk(instance_id, call)
            case ("PUT", ["faults"]):
                self._admit(call)
                return self._order(call)
            case ("GET", ["faults"]):
                self._admit(call)
                return _json([vars(fault) for fault in self._faults])
            case ("DELETE", ["faults"]):
                self._admit(call)
                self._faults.order([])
                return _json({})
            case ("PUT" | "DELETE", ["foreign-buckets", bucket]):
                self._admit(call)
                self._s3.have_foreign(bucket, call.method == "PUT")
                return _json({})
            case ("GET", ["requests"]):
                self._admit(call)
                return _json(self._journal.entries())
            case ("DELETE", ["requests"]):
                self._admit(call)
                self._journal.clear()
                return _json({})
            case _:
                return _json({"error": f"The sandbox has no {call.method} {call.path}."}, 404)

    def _admit(self, call: Call, *others: str) -> None:
        given = call.header(TOKEN_HEADER).encode()
        if not any(hmac.compare_digest(given, good.encode()) for good in (self._settings.admin_token, *others)):
            raise AwsError("AccessDenied", "The header X-Sandbox-Token does not carry this path's token.", 403)

    def _order(self, call: Call) -> Reply:
        try:
            faults = [Fault.read(one) for one in json.loads(call.body or b"[]")]
        except (ValueError, TypeError) as error:
            return _json({"error": str(error)}, 400)
        self._faults.order(faults)
        return _json([vars(fault) for fault in faults])

    def _interrupt(self, instance_id: str, call: Call) -> Reply:
        try:
            after = float(json.loads(call.body or b"{}").get("after_seconds", NOTICE_SECONDS))
        except (ValueError, AttributeError):
            return _json({"error": 'The body is a JSON object such as {"after_seconds": 120}.'}, 400)
        time = datetime.now(UTC) + timedelta(seconds=after)
        self._fleet.interrupt(instance_id, after, time.strftime("%Y-%m-%dT%H:%M:%SZ"))
        return _json(self._fleet.notice(instance_id))

    def _impair(self, instance_id: str, call: Call) -> Reply:
        try:
            given = {check: float(seconds) for check, seconds in json.loads(call.body or b"{}").items()}
        except (ValueError, TypeError, AttributeError):
            given = {"": 0.0}
        if not given.keys() <= {"InstanceStatus", "SystemStatus"}:
            return _json({"error": 'The body is a JSON object such as {"InstanceStatus": 120}.'}, 400)
        now = datetime.now(UTC).replace(microsecond=0)
        self._fleet.impair(instance_id, {check: now - timedelta(seconds=ago) for check, ago in given.items()})
        return _json(given)

    def _limit_disk(self, instance_id: str, call: Call) -> Reply:
        try:
            given = json.loads(call.body or b"{}")
            directory, mebibytes = str(given["directory"]), int(given["mebibytes"])
        except (ValueError, TypeError, KeyError):
            return _json({"error": 'The body is a JSON object such as {"directory": "/srv", "mebibytes": 64}.'}, 400)
        self._fleet.limit_disk(instance_id, directory, mebibytes)
        return _json({})

    def _credentials(self, instance_id: str) -> Reply:
        """The content of iam/security-credentials/<role> in IMDS, and the role's name."""
        record = self._fleet.record(instance_id)
        if record is None or record.terminated is not None or record.spec.role_name is None:
            return _json({"error": f"{instance_id} has no role"}, 404)
        spec = record.spec
        role = record.spec.role_name
        made = role_credentials(self._settings, spec.region, role, instance_id, self._moto)
        self._keyring.take(made)
        return _json(
            {
                "Code": "Success",
                "LastUpdated": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Type": "AWS-HMAC",
                "AccessKeyId": made["AccessKeyId"],
                "SecretAccessKey": made["SecretAccessKey"],
                "Token": made["SessionToken"],
                "Expiration": made["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
                "Role": role,
            }
        )


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(status, (("Content-Type", "application/json"),), json.dumps(value, indent=2).encode() + b"\n")
