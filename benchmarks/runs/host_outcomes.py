"""What has become of each host that a run has planned, by the run's records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.runs import attempts, failures, host_labels, planned_hosts, record_files, run_layout
from benchmarks.runs.host_labels import Label
from benchmarks.runs.records import Failure, Instances, LaunchPlan, Preflight, Toolchain
from benchmarks.runs.result_records import Results

# The name in failures that are of no host.
_CONTROLLER = "localhost"


@dataclass(frozen=True)
class HostOutcome:
    """A host by its name in records, and the plan of its launch; None for a machine of the user's own, or if not known.

    `failure` is why it has failed or its results are partial, as a sentence; empty if neither is known. It has neither
    that nor succeeded while it waits or measures. `failed_in` is the stage of its first failure; empty if it has none.
    """

    host: str
    launch: LaunchPlan | None
    failure: str = ""
    is_measured: bool = False  # whether its newest attempt has results
    failed_in: str = ""

    @property
    def has_succeeded(self) -> bool:
        return self.is_measured and not self.failure

    @property
    def title(self) -> str:
        """The host with its type, as in sentences."""
        return f"{self.host} ({self.launch.instance_type})" if self.launch else self.host


def of_run(directory: Path) -> tuple[HostOutcome, ...]:
    """The outcome of each host, in the order of the plan, whether it was launched or not.

    What has failed on the controller counts for the hosts that have no results. Without a plan, hosts are those that
    have begun or have failed.
    """
    plan, launched = record_files.recall(Preflight, directory), record_files.recall(Instances, directory)
    recorded = failures.failures(directory)
    return tuple(
        _outcome(directory, name, launch, recorded) for name, launch in _hosts(directory, plan, launched, recorded)
    )


def succeeded(outcomes: Sequence[HostOutcome]) -> int:
    """How many hosts have succeeded."""
    return sum(one.has_succeeded for one in outcomes)


def failed(outcomes: Sequence[HostOutcome]) -> list[HostOutcome]:
    """The hosts that have failed, or whose results are partial."""
    return [one for one in outcomes if one.failure]


def reasons(outcomes: Sequence[HostOutcome]) -> dict[str, str]:
    """Why hosts have failed: the first line of each reason, with the hosts that it is of before it, by that reason."""
    found: dict[str, list[HostOutcome]] = {}
    for one in failed(outcomes):
        found.setdefault(one.failure.partition("\n")[0], []).append(one)
    return {why: _told(why, of) for why, of in found.items()}


def _told(why: str, of: Sequence[HostOutcome]) -> str:
    """A reason with the hosts that it is of."""
    first, *more = of
    if first.launch and not more:
        return Label(first.host, first.launch.instance_type).told(why)
    return f"{', '.join(one.title for one in of)}: {host_labels.of_several(why)}"


def _hosts(
    directory: Path, plan: Preflight | None, launched: Instances | None, recorded: Sequence[Failure]
) -> Iterator[tuple[str, LaunchPlan | None]]:
    if plan and plan.launches:
        yield from ((planned_hosts.name(directory, one.name), one) for one in plan.launches)
        return
    begun = [path.name for path in run_layout.hosts(directory)]
    known = [one.instance_id for one in launched.instances] if launched else []
    of_failures = [one.host for one in recorded if one.host != _CONTROLLER]
    yield from ((name, None) for name in dict.fromkeys([*known, *begun, *of_failures]))


def _outcome(directory: Path, name: str, launch: LaunchPlan | None, recorded: Sequence[Failure]) -> HostOutcome:
    host = run_layout.host(directory, name)
    attempt = run_layout.attempt(host, attempts.current(host))
    results = record_files.recall(Results, attempt)
    names = {name, launch.name} if launch else {name}
    own = [one for one in recorded if one.host in names]
    partial = [results.partial] if results and results.partial else []
    shared = [one.sentence for one in recorded if one.host == _CONTROLLER] if results is None else []
    failure = next(iter([*(one.sentence for one in own), *partial, *shared]), "")
    return HostOutcome(name, launch, failure, results is not None, _stage(own[0], host, attempt) if own else "")


def _stage(failure: Failure, host: Path, attempt: Path) -> str:
    """The stage in which a host has failed. Failures name none of the two that set a host up and measure there.

    The first of them ends with a record of the host, which the second one copies into the attempt.
    """
    is_set_up = any((directory / Toolchain.FILE).exists() for directory in (host, attempt))
    return failure.stage or ("benchmark" if is_set_up else "toolchain")
