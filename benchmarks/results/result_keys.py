"""The S3 keys of results, which say what was run, when, on what machine and in which run.

Runs are listed and chosen by their keys alone, and in the order in which they were started. Parts of a key are
separated by underscores and slashes; characters that S3 advises against in keys are written as `!` and two hexadecimal
digits for each byte: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.aws.resource_names import RESULTS
from benchmarks.errors import RefusedError
from benchmarks.runs.run_id import is_valid

ROOT = RESULTS
# What the rest of a key leaves of the 1,024 bytes that S3 takes: a host's name, which has up to 253, is there twice.
LONGEST = 400  # bytes, of suite and ref together
_TIME = "%Y-%m-%dT%H%M%SZ"  # to be read; %Y does not write four digits everywhere
_UNSAFE = re.compile(r"[^A-Za-z0-9.-]")
_UNSAFE_IN_SUITE = re.compile(r"[^A-Za-z0-9._-]")
_ESCAPED = re.compile(r"(?:![0-9A-F]{2})+")
_RUN = re.compile(r"results/(?P<suite>[^/]+)/(?P<run>[^/]+)/")
_REQUEST = re.compile(r"run(?:\.(?P<copy>\d+))?\.json")
_ATTEMPT = re.compile(r"(?P<host>[^/]+)/(?P<attempt>\d+)(?:\.(?P<copy>\d+))?/")


@dataclass(frozen=True)
class RunFolder:
    """The folder of a run's results for one suite and kind of machine."""

    suite: str
    started: datetime  # when the run was planned, to the second
    machine: str  # the instance type, or `host-` and the name of a machine of the user's own
    cores: int
    ref: str | None  # the version, tag, branch or commit that was asked for; None if the source has none
    run_id: str

    @property
    def key(self) -> str:
        """`results/<suite>/<start, UTC>_<machine>_<cores>c_<ref>_<run id>/`, without a ref if the source has none."""
        machine, ref = (_UNSAFE.sub(_escape, text) for text in (self.machine, self.ref or ""))
        parts = (_stamp(self.started), machine, f"{self.cores}c", ref, self.run_id)
        return f"{of_suite(self.suite)}{'_'.join(part for part in parts if part)}/"


@dataclass(frozen=True, order=True)
class AttemptFolder:
    """The folder of one attempt on a host, below that of its run. What is published of it again is another copy."""

    host: str
    attempt: int
    copy: int = 1

    @property
    def key(self) -> str:
        """`<host>/<attempt>/`, or `<host>/<attempt>.<copy>/`."""
        return f"{self.host}/{self.attempt}{'' if self.copy == 1 else f'.{self.copy}'}/"


def check_length(suite: str, ref: str | None) -> None:
    """Raises RefusedError if a suite's name and ref make keys that are too long for S3."""
    written = len(_UNSAFE_IN_SUITE.sub(_escape, suite)) + len(_UNSAFE.sub(_escape, ref or ""))
    if written > LONGEST:
        raise RefusedError(
            f"The name of the suite and its ref would have {written} bytes in the keys of the results, and {LONGEST} "
            f"is the most that S3 has room for: use a shorter name, or a commit as ref."
        )


def of_suite(suite: str) -> str:
    """The folder of a suite, which holds those of its runs."""
    return f"{ROOT}{_UNSAFE_IN_SUITE.sub(_escape, suite)}/"


def since(suite: str, start: datetime) -> str:
    """A key that is less than those of the suite's runs that were started at `start` or later."""
    return f"{of_suite(suite)}{_stamp(start)}"


def suite_of(folder: str) -> str:
    """The suite that a folder, as of `of_suite`, belongs to."""
    return _unescaped(folder.removeprefix(ROOT).rstrip("/"))


def run_of(key: str) -> RunFolder | None:
    """The run that an object or folder belongs to; None if the key is not exactly as `RunFolder.key` makes it."""
    found = _RUN.match(key)
    time, *parts = found["run"].split("_") if found else ("",)
    if not found or len(parts) not in (3, 4) or not re.fullmatch(r"\d+c", parts[1]):
        return None
    try:
        started = datetime.strptime(time, _TIME).replace(tzinfo=UTC)
    except ValueError:
        return None
    machine, cores, *ref, run_id = parts
    run = RunFolder(
        suite=_unescaped(found["suite"]),
        started=started,
        machine=_unescaped(machine),
        cores=int(cores.removesuffix("c")),
        ref=_unescaped(ref[0]) if ref else None,
        run_id=run_id,
    )
    return run if is_valid(run_id) and key.startswith(run.key) else None


def request(copy: int) -> str:
    """The name of a copy, from 1 on, of a run's request in the run's folder: `run.json`, `run.2.json`, …"""
    return f"run{'' if copy == 1 else f'.{copy}'}.json"


def request_of(key: str, run: RunFolder) -> int | None:
    """Which copy of a run's request an object is; None if it is none."""
    found = _REQUEST.fullmatch(key.removeprefix(run.key))
    return int(found["copy"] or 1) if found else None


def attempt_of(key: str, run: RunFolder) -> AttemptFolder | None:
    """The attempt that an object or folder of a run belongs to."""
    found = _ATTEMPT.match(key.removeprefix(run.key))
    return AttemptFolder(found["host"], int(found["attempt"]), int(found["copy"] or 1)) if found else None


def _stamp(time: datetime) -> str:
    time = time.astimezone(UTC)
    return f"{time.year:04}-{time:%m-%dT%H%M%SZ}"


def _escape(found: re.Match[str]) -> str:
    return "".join(f"!{byte:02X}" for byte in found.group().encode(errors="surrogateescape"))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: bytes.fromhex(found.group().replace("!", "")).decode(errors="replace"), text)
