"""The words for the state of a run: what is known of it, and the state that docs/how-to/runs.md says it has then."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.paths import ROOT
from benchmarks.run_list import listing, recorded_runs, states
from benchmarks.run_list.asking import Answer, Seen
from benchmarks.runs import attempts, failures, locks, record_files
from benchmarks.runs.records import CurrentAttempt, Instances
from tests.support import listed_runs, records, result_samples
from tests.support import recorded_runs as made
from tests.support.listed_runs import REGION

TWO = (records.launch_plan(), records.launch_plan(host=2))


def fail(run: Path, stage: str, host: str = "i-1") -> Path:
    failures.record_failure(run, host, "Task", "It failed.", stage, 1)
    return run


def keep(run: Path) -> Path:
    (run / "parameters.yml").write_text("keep: true")
    return run


def leave(run: Path, host: str = "i-1") -> Path:
    attempts.leave(run / host)
    return run


def without(run: Path, name: str) -> Path:
    shutil.rmtree(run / name) if (run / name).is_dir() else (run / name).unlink()
    return run


def at_work(runs: Path, *hosts: str) -> Path:
    return listed_runs.launched(runs, "r1", *hosts, measured=False)


def measured(runs: Path, *hosts: str) -> Path:
    return listed_runs.launched(runs, "r1", *hosts)


def launched(runs: Path) -> Path:
    """A run that has launched its instance and done nothing there."""
    return without(at_work(runs), "i-1/1")


def ended(runs: Path, *, has_measured: bool = True) -> Path:
    return listed_runs.launched(runs, "r1", ended=True, measured=has_measured)


def own(runs: Path, *, measures: bool = True) -> Path:
    """A run on a machine of the user's own."""
    run = made.begin(runs, "r1", launches=())
    if measures:
        (run / "i-1/1").mkdir()
        (run / "i-1/1/build.json").touch()
    return run


def again(run: Path) -> Path:
    """A run that has begun to measure anew, and was left doing so."""
    (run / "i-1/2").mkdir()
    record_files.write(run / "i-1", CurrentAttempt(number=2, left=True))
    return run


def replaced(run: Path, *ids: str, expected: int | None = None) -> Path:
    made.write(run / "i-1", 1, result_samples.results(*map(result_samples.criterion, ids), expected=expected))
    return run


@dataclass(frozen=True)
class Known:
    """What is known of a run: its directory, its instances as EC2 shows them, and whether S3 alone has results."""

    directory: Callable[[Path], object] | None
    seen: tuple[str, ...] = ()  # the states of i-1, i-2, …
    asked: bool = True  # whether EC2 could be asked
    in_s3: bool = False
    hours: float = 2.0  # since its launch; it switches itself off after 4.5


ALIVE, ENDED = ("running",), ("terminated",)
TABLE: list[tuple[str, str, Known]] = [
    # Its instance lives, and nobody carries it out.
    ("it measures", "detached", Known(at_work, ALIVE)),
    ("EC2 still starts it", "detached", Known(at_work, ("pending",))),
    ("it was left", "detached", Known(lambda runs: leave(at_work(runs)), ALIVE)),
    ("it was left as it did not answer", "detached", Known(lambda runs: leave(fail(at_work(runs), "")), ALIVE)),
    ("kept, and left", "detached", Known(lambda runs: keep(leave(at_work(runs))), ALIVE)),
    ("measured before, and left anew", "detached", Known(lambda runs: again(measured(runs)), ALIVE)),
    ("killed while it was brought back", "detached", Known(lambda runs: _fetched(at_work(runs)), ALIVE)),
    ("one of two measures", "detached", Known(lambda runs: _one_of_two(runs), (*ENDED, *ALIVE))),
    ("one of two has failed", "detached", Known(lambda runs: fail(at_work(runs, "i-1", "i-2"), ""), ALIVE * 2)),
    ("its step has failed", "left running", Known(lambda runs: fail(at_work(runs), ""), ALIVE)),
    ("it has measured", "left running", Known(measured, ALIVE)),
    ("killed before it measured", "left running", Known(launched, ALIVE)),
    ("kept after it has measured", "kept", Known(lambda runs: keep(measured(runs)), ALIVE)),
    ("kept after it has failed", "kept", Known(lambda runs: keep(fail(at_work(runs), "")), ALIVE)),
    ("launched and kept", "kept", Known(lambda runs: keep(launched(runs)), ALIVE)),
    ("its directory is elsewhere", "running", Known(None, ALIVE)),
    ("its instance is stopped", "stopped", Known(at_work, ("stopped",))),
    ("it is stopping elsewhere", "stopped", Known(None, ("stopping",))),
    ("one is stopped, one measures", "detached", Known(lambda r: at_work(r, "i-1", "i-2"), ("stopped", "running"))),
    ("one is stopped, one has ended", "stopped", Known(lambda r: at_work(r, "i-1", "i-2"), ("stopped", *ENDED))),
    ("nobody could be asked", "may run", Known(measured, asked=False)),
    # It is over.
    ("all is here", "done", Known(ended)),
    ("all is here, and its end failed", "done", Known(lambda runs: fail(ended(runs), "terminate"))),
    ("all is here, and it was taken back", "done", Known(measured, ENDED)),
    ("all is here, and it is not shown any more", "done", Known(measured)),
    ("nothing was to be published", "done", Known(lambda r: without(_unbound(r), "i-1/1/published.json"))),
    ("publishing failed", "not published", Known(lambda runs: fail(ended(runs), "publish"))),
    ("killed before it published", "not published", Known(lambda r: without(ended(r), "i-1/1/published.json"))),
    ("something failed", "partial", Known(lambda runs: fail(ended(runs), ""))),
    ("benchmarks are missing", "partial", Known(lambda runs: replaced(ended(runs), "a", expected=74))),
    ("a host has none", "partial", Known(lambda runs: without(_ended_two(runs), "i-2/1"))),
    ("S3 alone has it", "in S3", Known(at_work, in_s3=True)),
    ("S3 alone has it, and it failed here", "in S3", Known(lambda runs: fail(at_work(runs), ""), in_s3=True)),
    ("nothing but a failure", "failed", Known(lambda runs: fail(ended(runs, has_measured=False), ""))),
    ("it was ended from here", "interrupted", Known(lambda runs: ended(runs, has_measured=False))),
    ("it never launched", "interrupted", Known(lambda runs: made.begin(runs, "r1"))),
    ("EC2 does not show it any more", "instance gone", Known(at_work)),
    ("EC2 shows that it has ended", "instance gone", Known(at_work, ENDED)),
    ("EC2 ends it", "instance gone", Known(at_work, ("shutting-down",))),
    ("it was found gone after it was left", "instance gone", Known(lambda r: leave(ended(r, has_measured=False)))),
    ("it should be off, and nobody was asked", "instance gone", Known(at_work, asked=False, hours=5)),
    # On a machine of the user's own.
    ("own: it measures", "detached", Known(own)),
    ("own: it was left as it did not answer", "detached", Known(lambda runs: leave(fail(own(runs), "")))),
    ("own: it has failed", "failed", Known(lambda runs: fail(own(runs), ""))),
    ("own: it was stopped before", "interrupted", Known(lambda runs: own(runs, measures=False))),
    ("own: all is here", "done", Known(lambda runs: made.measured(runs, "r1", launches=()))),
]  # fmt: skip


def _fetched(run: Path) -> Path:
    (run / "i-1/1/criterion").mkdir()
    return run


def _one_of_two(runs: Path) -> Path:
    run = measured(runs, "i-1", "i-2")
    shutil.rmtree(run / "i-2/1")
    return leave(run, "i-2")


def _ended_two(runs: Path) -> Path:
    return listed_runs.launched(runs, "r1", "i-1", "i-2", ended=True, launches=TWO)


def _unbound(runs: Path) -> Path:
    return listed_runs.launched(runs, "r1", ended=True, destination=None)


def state(runs_dir: Path, known: Known) -> str:
    now = listed_runs.later(known.hours)
    seen = [Seen(REGION, listed_runs.shape("r1", f"i-{n}", one)) for n, one in enumerate(known.seen, start=1)]
    told = Answer("123456789012", "alice", {REGION: None}, tuple(seen)) if known.asked else Answer()
    (run,) = listing.put_together(list(recorded_runs.all_in(runs_dir)), told, now, all_owners=False)
    return states.of(run, has_results_in_s3=known.in_s3)


@pytest.mark.parametrize(("_what", "word", "known"), TABLE, ids=[what for what, _, _ in TABLE])
def test_the_state_of_a_run_is_what_the_page_says(tmp_path: Path, _what: str, word: str, known: Known) -> None:
    if known.directory:
        known.directory(tmp_path)
    assert state(tmp_path, known) == word


@pytest.mark.parametrize(
    ("file", "word"),
    [("", "launching"), ("ready.json", "installing"), ("1/toolchain.json", "building"),
     ("1/build.json", "measuring"), ("1/results.json", "finishing")],
)  # fmt: skip
def test_a_run_that_a_process_carries_out_is_told_by_what_it_does(tmp_path: Path, file: str, word: str) -> None:
    run = made.begin(tmp_path, "r1")
    (run / "i-1/1").mkdir()
    if file:
        (run / "i-1" / file).touch()
    record_files.write(run, Instances(region=REGION, instances=(records.instance("i-1"),)))
    lock = locks.hold(run, locks.WRAPPER)
    # EC2 need not be asked, nor show what was launched just now.
    found = [state(tmp_path, known) for known in (Known(None, ALIVE), Known(None), Known(None, asked=False))]
    lock.release()
    assert found == [word] * 3


def test_a_run_that_is_known_by_its_folder_in_s3_has_results_there_or_none() -> None:
    run = listing.ListedRun("r1")
    assert states.of(run, has_results_in_s3=True) == "in S3"
    assert states.of(run, has_results_in_s3=False) == "no results"


def test_the_page_lists_the_states_that_there_are() -> None:
    page = (ROOT / "docs/how-to/runs.md").read_text()
    table = page.partition("| state | meaning |")[2].partition("\n\n")[0]
    listed = {word for cell in re.findall(r"(?m)^\| ([^|-][^|]*) \|", table) for word in cell.split(", ")}
    of_processes = {"launching", "installing", "building", "measuring", "finishing"}
    assert listed == {word for _, word, _ in TABLE} | of_processes | {"no results"}
