"""The results of runs, by the run's id, the start of it, or how many runs ago it was."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from benchmarks import hints
from benchmarks.errors import RefusedError
from benchmarks.readers import host_readings
from benchmarks.results.labelled import Labelled, S3Object, place_in_run
from benchmarks.runs import attempts, failures, host_outcomes, named_run, record_files, run_layout, run_words
from benchmarks.runs.host_outcomes import HostOutcome
from benchmarks.runs.records import Preflight, Published
from benchmarks.runs.result_records import Results
from benchmarks.sources import json_sources


def is_run(directory: Path) -> bool:
    """Whether a directory is a run's, which has begun to measure."""
    return any(run_layout.hosts(directory))


def find(word: str, runs_dir: Path) -> Path:
    """The directory of the run that a word stands for. Raises RefusedError if there is none, or several."""
    runs_ago = run_words.back(word)
    if runs_ago is not None:
        measured = named_run.latest_first(runs_dir, is_run)
        return runs_dir / run_words.latest(runs_ago, measured, str(runs_dir), " that measured")
    names = [path.name for path in named_run.directories(runs_dir)]
    return runs_dir / run_words.named(word, names, str(runs_dir))


def _plan(run: Path) -> Preflight | None:
    return record_files.recall(Preflight, run)


def of_run(directory: Path, host: str = "") -> tuple[Labelled, ...]:
    """The results of a run's hosts, or of one `host`, from their current attempts; `HOST/ATTEMPT` names another.

    Hosts are sorted by type and name, and named by their ids or the unique start of those. A host of several that has
    failed before it could begin is there with the reason. Raises RefusedError if there is no such host or attempt, or
    if several hosts' ids start so.
    """
    hosts = {path.name: path for path in run_layout.hosts(directory)}
    if not hosts:
        raise RefusedError(f"The run {directory.name} has measured nothing.")
    planned = host_outcomes.of_run(directory)
    several = len(hosts) > 1 or len(planned) > 1
    word, _, number = host.partition("/")
    name = run_words.host(word, [*hosts])
    if name and name not in hosts:
        nearest = hints.nearest(name, hosts)
        raise RefusedError(f"The run {directory.name} has no host {name}.{nearest} It has {run_words.some([*hosts])}.")
    if name:
        return (_of_host(hosts[name], number, several),)
    without = [one for one in planned if several and one.failure and one.host not in hosts]
    begun = sorted((_of_one_of(path, number, several) for path in hosts.values()), key=place_in_run)
    return (*begun, *(_nothing(directory, one) for one in without))


def _nothing(directory: Path, host: HostOutcome) -> Labelled:
    sentence = f"The run {directory.name} has no benchmark results of {host.title}. {_first_line(host.failure)}"
    return Labelled(f"{directory.name}/{host.host}", Results(measurements=(), problems=(sentence,)))


def _of_one_of(path: Path, number: str, several: bool) -> Labelled:
    """Like `_of_host`; a host of several whose results cannot be read does not spoil the others'."""
    try:
        return _of_host(path, number, several)
    except RefusedError as error:
        return Labelled(_label(path, number, several), Results(measurements=(), problems=(str(error),)))


def _of_host(path: Path, number: str, several: bool) -> Labelled:
    run, known = path.parent, attempts.here(path)
    attempt = int(number) if number.isdecimal() else attempts.current(path)
    if not known:
        raise RefusedError(
            f"Nothing was brought back from {path.name} in the run {run.name}.{_why(run, path.name, attempt)}"
        )
    if attempt not in known or (number and not number.isdecimal()):
        raise RefusedError(
            f"The run {run.name} has no attempt {number or attempt} on {path.name}, only {', '.join(map(str, known))}."
        )
    results = _results(run, path.name, attempt)
    if not (results.measurements or results.problems):
        sentence = f"The run {run.name} has no benchmark results of {path.name}.{_why(run, path.name, attempt)}"
        results = replace(results, problems=(sentence,))
    return Labelled(_label(path, number, several), results, _published_log(run, run_layout.attempt(path, attempt)))


def _label(path: Path, number: str, several: bool) -> str:
    return "/".join([path.parent.name, *([path.name] if several or number else []), *([number] if number else [])])


def _why(run: Path, host: str, attempt: int) -> str:
    """Why, as far as it is recorded: a sentence with a blank before it, else an empty string."""
    return next((f" {_first_line(one.sentence)}" for one in failures.failures(run) if one.is_of(host, attempt)), "")


def _first_line(sentence: str) -> str:
    """A recorded sentence without the lines of a log that may follow it: problems of results have a line each."""
    return sentence.partition("\n")[0]


def _published_log(run: Path, directory: Path) -> S3Object | None:
    published = record_files.recall(Published, directory)
    key = published.keys.get(run_layout.LOG) if published else None
    if not (published and key):
        return None
    plan = _plan(run)
    place = plan.destination if plan else None
    return S3Object(published.bucket, key, place.region if place and place.bucket == published.bucket else None)


def _results(run: Path, host: str, attempt: int) -> Results:
    directory = run_layout.attempt(run_layout.host(run, host), attempt)
    if (directory / Results.FILE).is_file():
        return json_sources.record(directory / Results.FILE, str(directory / Results.FILE))
    try:
        if plan := _plan(run):
            # Begun by a version of this tool that did not write results. Imported here, since it needs botocore.
            from benchmarks.results import attempt_results

            return attempt_results.of_attempt(run, host, attempt, plan)
        reading = host_readings.of_host(directory)
    except OSError as error:
        raise RefusedError(f"{directory} cannot be read: {error.strerror or error}.") from None
    return Results(measurements=reading.measurements, problems=reading.problems, notes=reading.notes)
