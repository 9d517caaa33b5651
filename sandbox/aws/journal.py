"""The list of calls that the endpoint saw, without secrets, so that a test can count them from outside."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError

from sandbox.aws.iam import authorization
from sandbox.aws.protocol import Call

KEPT = 10_000  # calls
QUERY_SERVICES = frozenset({"ec2", "iam", "sts"})
# Parameters that can contain a secret, or are too long to be useful.
OMITTED = frozenset({"UserData", "PublicKeyMaterial", "SecretString", "Value", "PolicyDocument", "Password"})


class Journal:
    """The calls seen, oldest first. Thread-safe."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)

    def write(self, call: Call, status: int, error: str | None, denied: bool = False) -> None:
        """Record a call and its answer, and whether a policy denied it."""
        entry: dict[str, Any] = {
            "time": datetime.now(UTC).isoformat(),
            "service": call.service,
            "action": call.action,
            "permission": authorization.permission(call),
            "region": call.region,
            "access_key_id": call.access_key,
            "status": status,
            "error": error,
            "denied": denied,
            "parameters": _parameters(call),
        }
        with self._lock:
            self._entries.append(entry)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(entry) + "\n")

    def entries(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()


def _parameters(call: Call) -> Any:
    if call.service in QUERY_SERVICES and call.action:
        try:
            return _without_secrets(call.parameters)
        except (OperationNotFoundError, UnknownServiceError, ValueError):
            return {}
    if call.header("x-amz-target"):
        try:
            return _without_secrets(json.loads(call.body or b"{}"))
        except ValueError:
            return {}
    bucket, _, key = call.path.lstrip("/").partition("/")
    return {name: value for name, value in (("Bucket", bucket), ("Key", key)) if value}


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _without_secrets(item) for key, item in value.items() if key not in OMITTED}
    if isinstance(value, (list, tuple)):
        return [_without_secrets(item) for item in value]
    return value if isinstance(value, (bool, int, float, str, type(None))) else str(value)
