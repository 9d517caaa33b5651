"""The cleanup after a playbook that has failed or was interrupted.

It is the only place that cleans up after a run. It relies neither on Ansible nor on the run's records or directory: AWS
is asked for the instances with the run's tag. They are terminated or, if kept, reported: what they cost, when they shut
themselves down, and the command that terminates them. An instance that must not be kept is terminated anyway.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

from rich.console import Console

from benchmarks import hints
from benchmarks.aws import aws_errors, caller, opt_in_regions, session
from benchmarks.launch import left, remaining, termination
from benchmarks.playbook import command_line, playbook_process, stages, unmounted
from benchmarks.runs import (
    attempts,
    events,
    failures,
    host_labels,
    host_outcomes,
    record_files,
    run_layout,
    run_over,
)
from benchmarks.runs.event_records import CleanedUp, RunLeft
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import Failure, Preflight
from benchmarks.runs.records import Instances as LaunchedInstances
from benchmarks.terminal.rendering import Said

# How long after an interruption an instance may still appear whose launch was in progress.
LATE_ARRIVALS = 10.0  # seconds
# Printed if a playbook has done nothing yet.
NOTHING_DONE = {
    "benchmark": "Nothing has been launched.",
    "setup": "Nothing was created.",
    "teardown": "Nothing was removed.",
    "terminate": "Nothing was ended.",
}
_UNTOUCHED = "Nothing of the run was changed."
_SOME_EXPIRED = "It may be that not all that has expired was ended; the same command ends the rest."
_REMOVED = "What was removed is gone; the same command removes the rest."
_CREATED = "What was created stays; the same command creates the rest."


class Cleanup(Protocol):
    """What to do and to print after a playbook has failed or was interrupted."""

    @property
    def console(self) -> Console:
        """Where to print."""

    @property
    def interrupted(self) -> str:
        """What happens after a signal, in a few words, for the user."""

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        """Clean up after a non-zero exit code. Returns the final sentence for the user."""

    def of_signal(self, reached: stages.Reached) -> None:
        """Clean up after a signal."""


@dataclass(frozen=True)
class RepeatableCleanup:
    """After what costs nothing half done, and what the same command completes: there is nothing to undo or look up."""

    console: Console
    untouched: str  # what to say if nothing was done yet
    half_done: str
    interrupted = "stopping"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        return self.half_done if reached.started else self.untouched

    def of_signal(self, reached: stages.Reached) -> None:
        self.console.print(Said(self.of_failure(0, reached)), soft_wrap=True)


def after_setup(console: Console, confirmed: bool) -> Cleanup:
    """After setup. Without `confirmed` it has only looked, and has said itself what is to be done."""
    return RepeatableCleanup(console, NOTHING_DONE["setup"], _CREATED if confirmed else "")


def after_teardown(console: Console) -> Cleanup:
    return RepeatableCleanup(console, NOTHING_DONE["teardown"], _REMOVED)


def after_expired(console: Console) -> Cleanup:
    """After ending what has expired: what is left of that has been named."""
    return RepeatableCleanup(console, NOTHING_DONE["terminate"], _SOME_EXPIRED)


@dataclass(frozen=True)
class Instances:
    """The instances of a run, looked up in AWS. `connect` is a parameter for tests."""

    run_id: str
    directory: Path
    region: str
    console: Console
    connect: Callable[[str], session.Connect] = session.connector

    def end(self, late_arrivals: float, *, keep: bool = False) -> None:
        """Terminate all instances, and those that appear within `late_arrivals` seconds; report any that remain.

        With `keep`, only those that must not be kept are terminated (see launch.kept), and the others are reported.
        """
        try:
            ec2 = self.connect(self.region)("ec2")
        except aws_errors.errors() as error:
            self._say_unknown(error)
            return
        had_ended = self._have_ended
        try:
            outcome = termination.end(
                ec2,
                self.run_id,
                self.directory,
                account=partial(caller.account, self._connect, self.region),
                keep=keep,
                late_arrivals=late_arrivals,
                told=self._say_ending,
            )
            if keep:
                self._say_kept(outcome)
            elif outcome.ended or not had_ended:
                self._say(termination.sentence(self.run_id, self.region, outcome))
        except aws_errors.errors() as error:
            self._say(termination.explain(error, self._connect, self.region, self.run_id, self.directory))
            with suppress(*aws_errors.errors()):
                termination.note_gone(ec2, self.run_id, self.directory)

    @property
    def _have_ended(self) -> bool:
        """Whether the run has ended each of several hosts by itself, as its records say: nothing was in doubt."""
        is_launched = record_files.recall(LaunchedInstances, self.directory) is not None
        return is_launched and bool(host_labels.planned(self.directory)) and not remaining.not_ended(self.directory)

    def _say_kept(self, outcome: termination.Outcome) -> None:
        for why in termination.not_kept(outcome, self.directory):
            self._say(why)
        self.tell()

    def tell(self, if_none: str = "") -> None:
        """Report the instances that exist, or say `if_none` if none does."""
        try:
            ec2 = self.connect(self.region)("ec2")
            found = remaining.of(ec2, self.run_id, self.directory)
            termination.note_gone(ec2, self.run_id, self.directory)
        except aws_errors.errors() as error:
            self._say_unknown(error)
            return
        if found:
            self._say(remaining.report(found, self.run_id, self.region, self.directory))
        elif if_none:
            self._say(if_none)

    def _say_unknown(self, error: Exception) -> None:
        unknown = remaining.unknown(self.run_id, self.region, self.directory)
        self._say(f"{opt_in_regions.sentence(error, self._connect, self.region)}\n{unknown}")

    def _connect(self, service: str, region: str | None = None) -> session.Client:
        return self.connect(self.region)(service, region)

    def _say_ending(self, ids: Sequence[str]) -> None:
        self._say(f"EC2 was told to end {', '.join(ids)}; waiting until none of them is alive …")

    def _say(self, text: str) -> None:
        events.note(self.directory, CleanedUp(sentence=text))
        self.console.print(Said(text), soft_wrap=True)


@dataclass(frozen=True)
class TerminateCleanup:
    """After terminating a run: an interrupted termination is not continued, but remaining instances are reported."""

    instances: Instances
    interrupted = "stopping"

    @property
    def console(self) -> Console:
        return self.instances.console

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        # Ansible has reported the remaining instances, unless it was killed.
        if code < 0:
            self.instances.tell()
        failed = f"Ending the run {self.instances.run_id} failed: once that is mended, the same command tries again."
        return failed if reached.started else NOTHING_DONE["terminate"]

    def of_signal(self, reached: stages.Reached) -> None:
        self.instances.tell()


@dataclass(frozen=True)
class BenchmarkCleanup:
    """After a benchmark run: collect partial results, and terminate the instances or, if kept, report them."""

    run_id: str
    directory: Path
    instances: Instances | None  # None if the run launches none
    keeps: bool
    fresh: bool  # whether this process has started the run, not continued it
    named: bool  # whether the user has given the run's id
    finish: command_line.Command  # the playbook that collects, publishes and terminates after an interrupted one
    console: Console
    attaches: bool = False  # whether it only comes back to a run
    is_unmounted: bool = False  # whether the run's directory is gone with this container
    interrupted = "ending the run"

    def of_failure(self, code: int, reached: stages.Reached) -> str:
        """Collect partial results if the playbook was cut short, then terminate the instances."""
        if not reached.started:
            self._report_earlier_instances()
            return _UNTOUCHED if self.attaches else "Nothing was launched."
        why = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        if self._goes_on(reached):
            self._say(f"ansible-playbook ended early ({why}): leaving the run to itself …")
            self._leave(reached)
            self.of_left(reached)
            return f"Nobody follows the run any more.\n{self._way_back()}"
        try:
            # What was left is neither collected nor ended.
            if not (reached.ended_by_itself or reached.hosts.left):
                self._say(f"ansible-playbook ended early ({why}): collecting partial results …")
                with playbook_process.Playing(self.finish) as playing:
                    playing.wait()
        except OSError as error:
            self._say(f"Partial results could not be collected: {error}.")
        self._leave_nothing_running(reached, keep=self.keeps or bool(reached.hosts.left))
        return self._end(reached)

    def _goes_on(self, reached: stages.Reached) -> bool:
        """Whether a playbook was killed that only followed a measurement: ending that would lose what it measures.

        What an instance does not upload by itself is lost when it switches itself off, unless it is brought back now.
        """
        stays = not self.instances or (self.keeps and not self.is_unmounted) or left.uploads(self.directory)
        return not reached.ended_by_itself and not reached.hosts.left and reached.hosts.can_be_left and stays

    def may_be_left(self) -> bool:
        """Whether what is measured by a run that is left can be had later, by coming back or from S3."""
        return not (self.instances and self.is_unmounted) or left.uploads(self.directory)

    def _way_back(self) -> str:
        """How to come back to the run, or why nobody can."""
        if self.is_unmounted:
            return unmounted.elsewhere(self.directory)
        return left.way_back(self.run_id, self.directory)

    def _end(self, reached: stages.Reached) -> str:
        """The last two lines: why the run failed, which may have left the screen by now, and what to do next."""
        first = next(iter(failures.failures(self.directory)), None)
        why = f"The run failed: {first.sentence.splitlines()[0]}" if first and first.sentence else "The run failed."
        if len(host_outcomes.of_run(self.directory)) > 1:
            # Why each has failed is in the summary.
            why = run_over.failure(self.directory).partition("\n")[0] or why
        return f"{why}\n{self._next(first, reached)}"

    def _next(self, first: Failure | None, reached: stages.Reached) -> str:
        """What to do after a failure, of which `first` is the first one that is known."""
        if reached.hosts.left:
            return self._way_back()
        outcomes = host_outcomes.of_run(self.directory)
        several = len(outcomes) > 1
        if several and self._has_all():
            return self._again(outcomes)
        known = failures.failures(self.directory) if several else filter(None, [first])
        is_repeatable = any(one.stage in failures.REPEATABLE for one in known)
        # What was measured may still be had without the instance.
        if self.attaches or (is_repeatable and self._has_begun_measuring(reached)):
            attach = remaining.attach_command(self.run_id, self.directory)
            return (
                f"{attach} brings back and publishes what there still is of it, and measures nothing anew; what is "
                f"here is in {self.directory}"
            )
        return self._again(outcomes)

    def _has_all(self) -> bool:
        """Whether nothing more can be brought back of a run: all is here, or no host is left that had more."""
        plan = record_files.recall(Preflight, self.directory)
        if run_over.is_over(self.directory) or not plan:
            return bool(plan)
        done = (run_over.is_brought_back(self.directory, one.host, one.attempt) for one in plan.measured)
        return len(plan.gone) == len(plan.launches) and all(done)

    def _again(self, outcomes: Sequence[HostOutcome]) -> str:
        """How to measure again: what has failed alone, if other hosts have succeeded, since each costs money."""
        if host_outcomes.succeeded(outcomes) and (types := host_outcomes.failed_types(outcomes)):
            again = hints.command_line(f"bench -i {','.join(types)} …")
            return (
                f"Once that is mended, {again} measures what has failed in a new run; results are in {self.directory}"
            )
        again = "the same command without --run-id" if self.named else "the same command"
        if not self._has_results:
            return f"Once that is mended, {again} starts a new run."
        return f"Once that is mended, {again} starts a new run; partial results are in {self.directory}"

    def _has_begun_measuring(self, reached: stages.Reached) -> bool:
        """Whether there may be results: an instance that was only prepared has none, whatever failed then."""
        return bool(reached.hosts.measures) or self._has_results

    @property
    def _has_results(self) -> bool:
        return any(self.directory.glob(f"*/*/{run_layout.LOG}"))

    def of_signal(self, reached: stages.Reached) -> None:
        """Terminate the instances first: the sender of the signal may not wait for long."""
        if reached.started:
            self._leave_nothing_running(reached, keep=self.keeps)
            if reached.hosts.at_it and not self.keeps and (uploaded := left.ended(self.run_id, self.directory)):
                self._say(unmounted.elsewhere(self.directory) if self.is_unmounted else uploaded)
        else:
            self._say(_UNTOUCHED if self.attaches else NOTHING_DONE["benchmark"])
            self._report_earlier_instances()

    def of_leaving(self, reached: stages.Reached) -> None:
        """Record and say that the run goes on, and how to come back to it. AWS is not asked."""
        self._leave(reached)
        self._say(self._way_back())

    def _leave(self, reached: stages.Reached) -> None:
        hosts = reached.hosts
        events.note(self.directory, *(RunLeft(host=host) for host in sorted(hosts.at_it)))
        # Whoever continues the run from where a host does not answer must not end it.
        for directory in (run_layout.host(self.directory, host) for host in hosts.at_it):
            with suppress(OSError):
                if directory.exists():
                    attempts.leave(directory)
        told = left.measured if hosts.at_it <= hosts.measured else left.measuring
        self._say(told(self.run_id, () if self.instances else hosts.at_it))
        if kept := left.results(self.directory):
            self._say(kept)

    def of_left(self, reached: stages.Reached) -> None:
        """Say what a run that goes on costs, and how to end it."""
        if self.instances:
            self.instances.tell(if_none="No instance of the run is alive any more.")
        else:
            self._say(left.end_there(self.run_id))

    def _leave_nothing_running(self, reached: stages.Reached, *, keep: bool) -> None:
        late_arrivals = LATE_ARRIVALS if reached.is_launching else 0.0
        if not self.instances:
            if not reached.ended_by_itself:
                self._say(f"What it started may still run on the host: --run-id {self.run_id} continues it.")
        else:
            self.instances.end(late_arrivals, keep=keep)

    def _report_earlier_instances(self) -> None:
        """Report the instances of a continued run, which this call has not touched."""
        if self.instances and not self.fresh:
            self.instances.tell()

    def _say(self, text: str) -> None:
        events.note(self.directory, CleanedUp(sentence=text))
        self.console.print(Said(text), soft_wrap=True)
