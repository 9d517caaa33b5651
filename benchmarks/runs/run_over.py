"""Whether a run is over, by its records alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.runs import attempts, failures, host_outcomes, planned_hosts, record_files, run_layout
from benchmarks.runs.records import Instances, Preflight, Published, Terminated
from benchmarks.runs.result_records import Results


def is_over(directory: Path) -> bool:
    """Whether nothing is left to do: every instance is known to be gone, and what it had measured was brought back.

    A host that still waits for its launch has to be launched, or the run to be ended. That a host has measured nothing
    is known if it has failed. A machine of the user's own is never over: whether it measures is known there only.
    """
    launched = record_files.recall(Instances, directory)
    ended = record_files.recall(Terminated, directory) or Terminated()
    hosts = [instance.instance_id for instance in launched.instances] if launched else []
    if not hosts or not was_ended(directory):
        return False
    return all(
        host in ended.times and all(is_brought_back(directory, host, number) for number in _attempts(directory, host))
        for host in hosts
    )


def was_ended(directory: Path) -> bool:
    """Whether a run was ended from here: its instances, or before it had any, and has not been launched anew since.

    A run of several hosts goes on after the end of some of them as long as others wait to be launched. The record may
    be damaged.
    """
    ended = record_files.recall(Terminated, directory)
    if ended is None:
        return (directory / Terminated.FILE).is_file()
    return not ended.launched_anew and (ended.whole or not planned_hosts.waiting(directory))


def was_ended_as_a_whole(directory: Path) -> bool:
    """Whether the run was ended, so that hosts that wait are not launched any more, and not launched anew since."""
    ended = record_files.recall(Terminated, directory)
    return bool(ended and ended.whole and not ended.launched_anew)


def still_to_launch(directory: Path) -> tuple[str, ...]:
    """The names of the hosts that wait to be launched, as planned_hosts.waiting; none of a run that was ended."""
    return () if was_ended(directory) else planned_hosts.waiting(directory)


def refuse_ended(directory: Path) -> None:
    """Raises RefusedError if a run was ended, so that nothing is launched for who comes back to it."""
    if was_ended(directory):
        raise RefusedError(ended(directory.name))


def ended(run_id: str) -> str:
    """Why nothing is launched of a run that was ended, as a sentence."""
    return (
        f"The run {run_id} was ended before it had measured anything, and nothing is launched for it any more: start a "
        "new run, by bench with the same parameters and without run_id."
    )


def failure(directory: Path) -> str:
    """Why a run has failed or is partial, as a sentence; empty if it has succeeded.

    Of several hosts, how many did not succeed, and a line for each reason.
    """
    outcomes = host_outcomes.of_run(directory)
    if len(outcomes) > 1 and (reasons := host_outcomes.reasons(outcomes)):
        count = f"{len(host_outcomes.failed(outcomes))} of {len(outcomes)} hosts did not succeed."
        return "\n".join([count, *reasons.values()])
    failed = (one.sentence for one in failures.failures(directory))
    partial = (found.partial for found in _results(directory) if found.partial)
    return next(chain(failed, partial), "")


def _results(directory: Path) -> Iterator[Results]:
    """Those of the newest attempt on each host, as far as there are any."""
    for host in run_layout.hosts(directory):
        if found := record_files.recall(Results, run_layout.attempt(host, attempts.current(host))):
            yield found


def _attempts(directory: Path, host: str) -> list[int]:
    return attempts.to_bring_back(run_layout.host(directory, host))


def is_brought_back(directory: Path, host: str, number: int) -> bool:
    """Whether nothing of an attempt is left to bring back from its host, which is gone, or to publish."""
    of_attempt = run_layout.attempt(run_layout.host(directory, host), number)
    failed = [one for one in failures.failures(directory) if one.is_of(host, number)]
    if any(one.stage in failures.REPEATABLE for one in failed):
        return False
    plan = record_files.recall(Preflight, directory)
    kept = Published if plan is None or plan.destination else Results
    return (of_attempt / kept.FILE).is_file() or (bool(failed) and not (of_attempt / run_layout.LOG).exists())
