"""What tells the hosts of a run from each other on a screen: name, instance type and zone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs import events, planned_hosts, record_files
from benchmarks.runs.records import Instances, Preflight

# Advice for a run that has lost its only host: one of several goes on with the others.
_NEW_RUN = " Start a new run."


@dataclass(frozen=True)
class Label:
    """The label of a host in a run of several; the `zone` is empty until it has an instance."""

    name: str
    instance_type: str
    zone: str = ""

    @property
    def waits(self) -> bool:
        """Whether it has no instance yet."""
        return not self.zone

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name, self.instance_type, self.zone)

    def __str__(self) -> str:
        return f"{self.name} {self.instance_type}"

    def told(self, sentence: str) -> str:
        """A sentence about this host, which may begin with its name, with name and type at its start."""
        label = f"{self.name} ({self.instance_type})"
        sentence = of_several(sentence)
        if sentence.startswith(f"{self.name} "):
            return f"{label}{sentence.removeprefix(self.name)}"
        return f"{label}: {sentence}"


def of_several(sentence: str) -> str:
    """A sentence about a host, without the advice that holds only if the run has no other."""
    return sentence.replace(_NEW_RUN, "")


def here(host: str) -> str:
    """The name of a host of the inventory in the records of the run that this process works for, see planned_hosts."""
    directory = events.here()
    return planned_hosts.name(directory, host) if directory else host


def planned(directory: Path | None) -> tuple[str, ...]:
    """The names that the hosts of a run have before they have instances; none of a run with a single host.

    A damaged plan counts as none: preflight has refused it, or whoever ends the run does without it.
    """
    plan = record_files.recall(Preflight, directory) if directory else None
    names = tuple(one.name for one in plan.launches) if plan else ()
    return names if len(names) > 1 else ()


def of(directory: Path | None, host: str) -> Label | None:
    """The label of a host by its name in the inventory; None if it is the run's only one, or none of the run's."""
    plan = record_files.recall(Preflight, directory) if directory else None
    if directory is None or plan is None or len(plan.launches) < 2:
        return None
    name = planned_hosts.name(directory, host)
    launched = record_files.recall(Instances, directory)
    for one in launched.instances if launched else ():
        if one.instance_id == name:
            return Label(name, one.instance_type, one.zone)
    return next((Label(name, one.instance_type) for one in plan.launches if one.name == name), None)
