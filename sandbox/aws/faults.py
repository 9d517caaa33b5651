"""Faults on demand: AWS errors and delays that a test asks for."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from typing import Any

from sandbox.aws.protocol import AwsError

# HTTP statuses of error codes that the caller did not cause:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
STATUSES = {
    "InsufficientInstanceCapacity": 500,
    "InsufficientHostCapacity": 500,
    "InternalError": 500,
    "InternalFailure": 500,
    "RequestLimitExceeded": 503,
    "ServiceUnavailable": 503,
    "SlowDown": 503,
    "Unavailable": 503,
}
MESSAGES = {
    "InsufficientInstanceCapacity": (
        "We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested "
        "({availability_zone}). Our system will be working on provisioning additional capacity. You can currently get "
        "{instance_type} capacity by not specifying an Availability Zone in your request or choosing another one."
    ),
    "RequestLimitExceeded": "Request limit exceeded.",
    "Throttling": "Rate exceeded",
    "SlowDown": "Please reduce your request rate.",
    "InternalError": "An internal error has occurred",
    "Unavailable": "The server is overloaded and can't handle the request.",
    "ServiceUnavailable": "Service Unavailable",
}


@dataclass(frozen=True)
class Fault:
    """An error or delay, and the calls it applies to.

    `action`, `service`, `instance_type` and `availability_zone` are shell patterns.

    A fault that names a type or a zone applies to launches there: RunInstances avoids that zone if the launch leaves it
    a choice, and fails if it does not.
    """

    action: str = "*"
    service: str = "*"
    instance_type: str | None = None
    availability_zone: str | None = None
    error: str | None = None
    message: str | None = None
    status: int | None = None
    times: int | None = None  # how many times; None: until cleared
    delay_seconds: float = 0.0
    reset: bool = False  # the connection is reset instead of answered
    late: bool = False  # the call is carried out first, and only its answer is lost

    @classmethod
    def read(cls, values: Any) -> Fault:
        """Read one fault of a JSON list. Raises ValueError in one sentence."""
        known = [field.name for field in fields(cls)]
        if not isinstance(values, Mapping):
            raise ValueError("A fault is a JSON object.")
        if unknown := sorted(set(values) - set(known)):
            raise ValueError(f"A fault has no {', '.join(unknown)}. Known: {', '.join(known)}.")
        fault = cls(**values)
        if not (fault.error or fault.reset or fault.delay_seconds):
            raise ValueError("A fault needs one of error, reset and delay_seconds.")
        if fault.places and fault.error is None:
            raise ValueError("A fault of a type or a zone needs an error.")
        if fault.places and fault.late:
            raise ValueError("A launch without capacity is not carried out: late is not for a type or a zone.")
        return fault

    @property
    def places(self) -> bool:
        """Whether the fault applies to launching a type or in a zone."""
        return self.instance_type is not None or self.availability_zone is not None

    def as_error(self, instance_type: str = "", availability_zone: str = "") -> AwsError:
        code = self.error or "InternalError"
        message = self.message or MESSAGES.get(code, "This fault was ordered from the sandbox.")
        message = message.replace("{instance_type}", instance_type).replace("{availability_zone}", availability_zone)
        return AwsError(code, message, self.status or STATUSES.get(code, 400))


class Faults:
    """The active faults. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def order(self, faults: Iterable[Fault]) -> None:
        """Replace all faults by these."""
        with self._lock:
            self._faults = list(faults)

    def __iter__(self) -> Any:
        return iter(list(self._faults))

    def at_the_door(self, service: str, action: str) -> Fault | None:
        """The first fault that applies to this call and names no type or zone; counts as one use of it."""

        def fits(fault: Fault) -> bool:
            return not fault.places and fnmatchcase(service, fault.service) and fnmatchcase(action, fault.action)

        return self._take(fits)

    def launching(self, instance_type: str, availability_zone: str) -> None:
        """Raise the AwsError of the first fault for launching this type in this zone; counts as one use of it."""

        def fits(fault: Fault) -> bool:
            return (
                fault.places
                and fnmatchcase("RunInstances", fault.action)
                and fnmatchcase(instance_type, fault.instance_type or "*")
                and fnmatchcase(availability_zone, fault.availability_zone or "*")
            )

        fault = self._take(fits)
        if fault is not None:
            raise fault.as_error(instance_type, availability_zone)

    def _take(self, fits: Any) -> Fault | None:
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fits(fault):
                    continue
                if fault.times is not None:
                    left = replace(fault, times=fault.times - 1)
                    self._faults[index : index + 1] = [left] if left.times else []
                return fault
        return None
