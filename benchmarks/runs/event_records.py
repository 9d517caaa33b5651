"""The events of a run: the types of the lines of `events.jsonl`.

Each line is one JSON object whose `event` says which of these it is. Fields are added in later versions, not changed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Literal, Union

from msgspec import Struct, field


def now() -> datetime:
    """The time in UTC, to the millisecond."""
    at = datetime.now(UTC)
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def _dashed(name: str) -> str:
    return "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("-")


class Event(Struct, frozen=True, kw_only=True, tag_field="event", tag=_dashed):
    """Something that has happened in a run. Hosts are named as in failures: localhost is the controller.

    A host that has no instance yet is named by its number in the plan, as host-2.
    """

    schema_version: Literal[1] = 1
    at: datetime = field(default_factory=now)  # UTC, ISO 8601 with milliseconds
    run_id: str = ""  # filled in as the event is written


class RunBegun(Event, frozen=True, kw_only=True):
    """A playbook has begun a run."""

    playbook: str


class RunContinued(Event, frozen=True, kw_only=True):
    """A playbook goes on with a run that was planned before."""

    playbook: str


class RunEnded(Event, frozen=True, kw_only=True):
    """The command that carried out the run is over."""

    failed: bool
    exit_code: int | None  # null if it is not known: a playbook does not know its own


class RunLeft(Event, frozen=True, kw_only=True):
    """The run goes on there by itself: nobody follows it until somebody comes back."""

    host: str


class StageBegun(Event, frozen=True, kw_only=True):
    host: str
    stage: str


class StageEnded(Event, frozen=True, kw_only=True):
    """A stage is over on a host, named as when it began; it was skipped if nothing was to be done."""

    host: str
    stage: str
    seconds: float
    result: Literal["done", "failed", "skipped"]


class InstanceLaunched(Event, frozen=True, kw_only=True):
    instance_id: str
    instance_type: str
    zone: str


class InstanceReady(Event, frozen=True, kw_only=True):
    """An instance has answered over SSH."""

    instance_id: str
    timer: bool  # whether it will switch itself off


class InstanceTerminated(Event, frozen=True, kw_only=True):
    """An instance was terminated, or is seen to have been."""

    instance_id: str
    ended: datetime


class AttemptBegun(Event, frozen=True, kw_only=True):
    """It is known what is measured on a host, and so which attempt that is."""

    host: str
    attempt: int
    continued: bool  # whether it had begun before


class BuildBegun(Event, frozen=True, kw_only=True):
    host: str
    unit: str  # its systemd unit on the host
    followed: bool  # whether it was running already


class BuildEnded(Event, frozen=True, kw_only=True):
    host: str
    unit: str
    result: str | None  # systemd's word, such as success or exit-code; null if the host was lost before


class MeasurementBegun(Event, frozen=True, kw_only=True):
    host: str
    unit: str
    followed: bool


class MeasurementEnded(Event, frozen=True, kw_only=True):
    host: str
    unit: str
    result: str | None


class Warned(Event, frozen=True, kw_only=True, tag="warning"):
    sentence: str


class Failed(Event, frozen=True, kw_only=True, tag="failure"):
    host: str
    stage: str | None
    task: str
    sentence: str


class Published(Event, frozen=True, kw_only=True):
    host: str
    attempt: int
    uri: str


class Signalled(Event, frozen=True, kw_only=True, tag="signal"):
    """The command that carries out the run has received a signal."""

    signal: str


class CleanedUp(Event, frozen=True, kw_only=True, tag="clean-up"):
    """What was done about the run's instances after a failure or a signal."""

    sentence: str


KINDS: tuple[type[Event], ...] = (
    *(RunBegun, RunContinued, RunLeft, RunEnded, StageBegun, StageEnded),
    *(InstanceLaunched, InstanceReady, InstanceTerminated),
    *(AttemptBegun, BuildBegun, BuildEnded, MeasurementBegun, MeasurementEnded),
    *(Warned, Failed, Published, Signalled, CleanedUp),
)
# The type of a line.
ANY: Any = Union[KINDS]  # noqa: UP007
