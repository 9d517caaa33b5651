"""The state of a run in plain words."""

from __future__ import annotations

from benchmarks.run_list.hosts import GONE, UNKNOWN
from benchmarks.run_list.listing import ListedRun
from benchmarks.run_list.recorded_runs import BUILDING, MEASURING, Outcome, RecordedRun

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
# What may go on by itself on a host.
_ON_THE_HOST = (BUILDING, MEASURING)


def of(run: ListedRun, *, has_results_in_s3: bool) -> str:
    """The state of a run. `has_results_in_s3` is whether S3 has results of it, if there are none here."""
    recorded = run.recorded
    if recorded and recorded.is_followed:
        return recorded.step
    if run.may_cost:
        return _of_costing(run, recorded)
    outcome = recorded.outcome if recorded else Outcome()
    if outcome.has_results:
        return _of_results(outcome)
    if has_results_in_s3:
        return IN_S3
    if recorded is None:
        return NO_RESULTS
    if outcome.failed:
        return FAILED
    if any(host.state == GONE for host in run.hosts):
        return INSTANCE_GONE
    # Nothing tells whether a machine of the user's own still measures.
    return DETACHED if not recorded.plan.launches and recorded.step in _ON_THE_HOST else INTERRUPTED


def _of_costing(run: ListedRun, recorded: RecordedRun | None) -> str:
    states = {host.state for host in run.hosts}
    if states & {"stopping", "stopped"}:
        return STOPPED
    if recorded is None:
        return RUNNING
    if not states & {"pending", "running"} and UNKNOWN in states:
        return MAY_RUN
    outcome = recorded.outcome
    if outcome.has_results or outcome.failed:
        return KEPT if recorded.keeps else LEFT
    return DETACHED


def _of_results(outcome: Outcome) -> str:
    if outcome.is_partial or set(outcome.failed) - {"publish", "terminate"}:
        return PARTIAL
    return UNPUBLISHED if "publish" in outcome.failed else DONE
