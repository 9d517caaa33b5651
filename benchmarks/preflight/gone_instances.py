"""What the plan of a run says of those of its instances that are gone: what of their results can be brought back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from benchmarks.aws import instance_check, instances
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.preflight import resuming
from benchmarks.results import fetching
from benchmarks.runs import record_files, run_over
from benchmarks.runs.records import Destination, HostAttempt, Preflight, Terminated

Where = Callable[[], Destination | None]  # the bucket, which is looked for only if it has to be asked


def without_instance(directory: Path, plan: Preflight, suite_digest: str, connect: Connect, where: Where) -> Preflight:
    """The plan of a run of which no instance is left: with what is here of its results, or in the bucket.

    Raises RefusedError if that is nothing, as resuming.measured does.
    """
    told = _why_gone(directory, connect)
    found = resuming.measured(directory, suite_digest, _is_uploaded(directory, plan, connect, where), told)
    said = f"The run's instance is gone{told}. What it has measured is published without it."
    if len(plan.launches) > 1:
        found = _still_to_bring_back(directory, found)
        said = (
            f"The run's instances are gone{told}. What they have measured is published without them."
            if found
            else f"The run's instances are gone{told}. All that they have measured was brought back before."
        )
    return replace(
        plan,
        gone=tuple(launch.host for launch in plan.launches),
        measured=found,
        warnings=(said,),
    )


def _still_to_bring_back(directory: Path, found: Sequence[HostAttempt]) -> tuple[HostAttempt, ...]:
    return tuple(one for one in found if not run_over.is_brought_back(directory, one.host, one.attempt))


def of_some(
    directory: Path,
    plan: Preflight,
    there: Sequence[AwsShape],
    connect: Connect,
    where: Where,
) -> Preflight:
    """The plan of a run of which some instances are gone while others are there, or are still to be launched."""
    ended = resuming.gone(directory, there)
    digest = plan.measurements[0].suite_digest
    found = resuming.of_gone(directory, ended, digest, _is_uploaded(directory, plan, connect, where))
    told = _why_gone(directory, connect) if ended else ""
    lost = (f"Some of the run's instances are gone{told}. What they have measured is published without them.",)
    return replace(plan, measured=_still_to_bring_back(directory, found), warnings=lost if told else ())


def _is_uploaded(directory: Path, plan: Preflight, connect: Connect, where: Where) -> Callable[[str, int], bool]:
    """Asks S3 whether an instance has uploaded an attempt."""

    def is_uploaded(host: str, attempt: int) -> bool:
        target = where()
        return target is not None and fetching.is_uploaded(connect("s3"), target, directory, host, attempt, plan)

    return is_uploaded


def _why_gone(directory: Path, connect: Connect) -> str:
    """EC2's reason for the end of each of the run's instances that nobody has ended from here, to be put in brackets.

    EC2 shows an instance for about an hour after its end:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
    """
    ended = (record_files.recall(Terminated, directory) or Terminated()).times
    gone = (one for one in instances.gone(connect("ec2"), directory.name) if one["InstanceId"] not in ended)
    told = "; ".join(instance_check.reason(one).removesuffix(".") for one in gone)
    return f" ({told})" if told else ""
