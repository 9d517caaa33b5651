"""The state of a run in plain words."""

from __future__ import annotations

from benchmarks.aws import instances
from benchmarks.run_list.hosts import UNKNOWN
from benchmarks.run_list.listing import ListedRun
from benchmarks.run_list.recorded_runs import Outcome, RecordedRun

RUNNING = "running"  # of a run that was started elsewhere: what it does is not known here
STOPPED = "stopped"
DETACHED = "detached"  # it goes on, and nobody follows it
KEPT = "kept"
LEFT = "left running"
MAY_RUN = "may run"  # EC2 could not be asked
DONE = "done"
UNPUBLISHED = "not published"
PARTIAL = "partial"
FAILED = "failed"
INTERRUPTED = "interrupted"
INSTANCE_GONE = "instance gone"
IN_S3 = "in S3"
NO_RESULTS = "no results"


def of(run: ListedRun, *, has_results_in_s3: bool) -> str:
    """The state of a run. `has_results_in_s3` is whether S3 has results of it, if there are none here."""
    recorded = run.recorded
    if recorded and recorded.is_followed:
        return recorded.step
    if run.may_cost:
        return _of_costing(run, recorded)
    # Nothing tells whether a machine of the user's own still measures.
    if recorded and not recorded.plan.launches and recorded.may_go_on:
        return DETACHED
    outcome = recorded.outcome if recorded else Outcome()
    if outcome.has_results:
        return _of_results(outcome)
    if has_results_in_s3:
        return IN_S3
    if recorded is None:
        return NO_RESULTS
    if outcome.failed:
        return FAILED
    # What was ended from here is on record, and so is what was found gone after it had been left.
    if recorded.was_left or any(host.instance_id not in recorded.ended for host in run.hosts):
        return INSTANCE_GONE
    return INTERRUPTED


def _of_costing(run: ListedRun, recorded: RecordedRun | None) -> str:
    states = {host.state for host in run.hosts} & {*instances.ALIVE, UNKNOWN}
    if states <= {"stopping", "stopped"}:
        return STOPPED
    if recorded is None:
        return RUNNING
    if not states & {"pending", "running"}:
        return MAY_RUN
    if recorded.may_go_on:
        return DETACHED
    return KEPT if recorded.keeps else LEFT


def _of_results(outcome: Outcome) -> str:
    if outcome.is_partial or set(outcome.failed) - {"publish", "terminate"}:
        return PARTIAL
    return UNPUBLISHED if outcome.is_unpublished or "publish" in outcome.failed else DONE
