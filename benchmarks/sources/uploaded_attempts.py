"""Makes the results of an attempt from what its instance has uploaded by itself, as on the controller."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from benchmarks.errors import RefusedError
from benchmarks.launch import cost
from benchmarks.readers import criterion_archive, host_readings
from benchmarks.results import attempt_results, host_ends, host_files, platform_facts
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import failures, record_files, run_layout
from benchmarks.runs.records import (
    Ended,
    HostManifest,
    Instance,
    Instances,
    LaunchPlan,
    Preflight,
    RunRequest,
    Terminated,
    Toolchain,
)
from benchmarks.runs.result_records import Results
from benchmarks.sources.s3_folders import Folder


def directory(place: Path, folder: Folder) -> Path:
    """Where the files of an attempt belong below `place`: as in a run's directory."""
    assert folder.run and folder.attempt
    return run_layout.attempt(run_layout.host(place / folder.run.run_id, folder.attempt.host), folder.attempt.attempt)


def results(place: Path, folder: Folder, uri: str) -> Results:
    """The results of an attempt whose files are in their `directory` below `place`, with the run's request in `place`.

    What is damaged or missing is named, and the rest counts. Raises RefusedError if the log cannot be read.
    """
    assert folder.run and folder.attempt
    host, attempt, files = folder.attempt.host, folder.attempt.attempt, directory(place, folder)
    run_dir = place / folder.run.run_id
    manifest = _manifest(files, folder)
    request = record_files.recall(RunRequest, place)
    problems = [*_verified(files, manifest, uri), *_unpacked(files, uri)]
    plan = _plan(request.plan, folder.run) if request else None
    launch = plan.launch if plan else None
    if manifest and launch:
        record_files.write(run_dir, _instances(manifest, launch))
    if why := _why(manifest, request, uri):
        failures.record_failure(run_dir, host, "Measure", why, attempt=attempt)
    try:
        if plan:
            made = attempt_results.of_attempt(run_dir, host, attempt, plan, _end(manifest))
        else:
            made = _without_plan(files, folder, why)
    except OSError as error:
        raise RefusedError(f"{uri} cannot be read: {error.strerror or error}.") from None
    if not made.measurements and not made.problems and why:
        problems.append(f"{uri} has no benchmark results: {why}")
    notes = (*made.notes, *_notes(manifest, plan, launch, uri))
    return replace(made, problems=(*made.problems, *problems), notes=notes)


def _plan(whole: Preflight, run: RunFolder) -> Preflight:
    """The plan of a run with the launches alone that a folder is of. Those of one type differ in nothing read here."""
    own = (one for one in whole.launches if (one.instance_type, one.cores) == (run.machine, run.cores))
    return replace(whole, launches=tuple(own)[:1])


def _manifest(files: Path, folder: Folder) -> HostManifest | None:
    """What the instance says of this attempt; None if that is missing, damaged or of another."""
    assert folder.run and folder.attempt
    found = record_files.recall(HostManifest, files)
    its = (folder.run.run_id, folder.attempt.host, folder.attempt.attempt)
    return found if found and (found.run_id, found.host, found.attempt) == its else None


def _verified(files: Path, manifest: HostManifest | None, uri: str) -> Iterator[str]:
    """Sentences on files that are not those that the instance has uploaded, which are removed, and on missing ones."""
    for name in host_files.differing(files, manifest) if manifest else ():
        if (files / name).exists():
            (files / name).unlink()
            yield f"{uri}/{name} is not what the instance has uploaded, by its checksum, and is left out."
        else:
            yield f"{uri}/{name} is missing, which the instance has uploaded."


def _unpacked(files: Path, uri: str) -> Iterator[str]:
    """Unpack Criterion's directory; a sentence if that cannot be done, or was not done as a whole."""
    archive = files / run_layout.ARCHIVE
    if not archive.exists():
        return
    try:
        if left_out := criterion_archive.unpack_fetched(archive, files, f"{uri}/{archive.name}"):
            yield left_out
    except RefusedError as error:
        yield str(error)


def _instances(manifest: HostManifest, launch: LaunchPlan) -> Instances:
    """The record of the instance, as far as it and the plan of its launch tell."""
    instance = Instance(
        host=launch.host,
        instance_id=manifest.host,
        instance_type=manifest.instance_type,
        zone="",
        public_dns=None,
        public_ip=None,
        private_ip=None,
        launched=manifest.launched,
        tenancy=launch.tenancy,
        lifecycle="spot" if launch.spot else "on-demand",
    )
    return Instances(region=manifest.region, instances=(instance,))


def _why(manifest: HostManifest | None, request: RunRequest | None, uri: str) -> str:
    """Why the attempt was not measured to its end, or is not all here; empty if it was and is."""
    if not manifest:
        return f"{uri} is not complete: it is still uploaded, or the instance was cut off."
    return host_ends.why_not_well(manifest, request.parameters if request else {})


def _end(manifest: HostManifest | None) -> datetime | None:
    return (manifest.ended or manifest.uploaded) if manifest else None


def _without_plan(files: Path, folder: Folder, why: str) -> Results:
    """What is known without the run's request: not the suite, nor the price."""
    assert folder.run and folder.attempt
    reading = host_readings.of_host(files)
    toolchain = record_files.recall(Toolchain, files)
    host, attempt = folder.attempt.host, folder.attempt.attempt
    platform = platform_facts.platform(toolchain, None, None) if toolchain else None
    return Results(
        run_id=folder.run.run_id,
        host=host,
        attempt=attempt,
        started=folder.run.started,
        measurements=tuple(replace(one, instance=host, attempt=attempt) for one in reading.measurements),
        problems=reading.problems,
        notes=reading.notes,
        platform=replace(platform, instance=host, instance_type=folder.run.machine) if platform else None,
        partial=f"It may be that not all benchmarks were measured: {why}" if why and reading.measurements else None,
    )


def _notes(manifest: HostManifest | None, plan: Preflight | None, launch: LaunchPlan | None, uri: str) -> Iterator[str]:
    if not plan:
        missing = f"its {RunRequest.FILE} in S3 is missing or damaged"
        yield f"What was asked of the run is not known, nor what it cost: {missing}."
    elif launch and not manifest:
        yield f"What it cost is not known: {uri} has no {HostManifest.FILE}, which says when the instance was launched."
    elif launch and manifest:
        uploaded = Terminated(instances=(Ended(instance_id=manifest.host, at=manifest.uploaded),))
        cost_until = cost.line(launch, _instances(manifest, launch), uploaded)
        yield (
            f"Uploaded by the instance itself, at {manifest.uploaded:%H:%M UTC on %Y-%m-%d}. Its cost until then: "
            f"{cost_until}. When it ended is not known here."
        )
