"""How long each benchmark of a suite took in an earlier run, read from the results in a runs directory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from benchmarks.host import log_output
from benchmarks.host.remaining import Durations

# The newest results are looked at, so that a directory with many runs costs no more than one with few. Each host of a
# run counts as one, and its hosts may be of as many types.
LOOKED_AT = 50


# Only what is needed of result_records, so that the samples are skipped.
class _Measurement(msgspec.Struct):
    id: str
    target: str | None = None
    started: datetime | None = None
    ended: datetime | None = None


class _Code(msgspec.Struct):
    suite: str


class _Platform(msgspec.Struct):
    instance_type: str | None = None


class _Results(msgspec.Struct):
    measurements: tuple[_Measurement, ...]
    code: _Code
    platform: _Platform


def find(runs: Path, suite: str, instance_type: str | None) -> Durations:
    """The durations in the newest results of `suite`, those on this type first; empty if there are none.

    Results that cannot be read are left out: no run fails for want of an estimate.
    """
    of_another: Durations = {}
    for path in _newest(runs):
        one = _read(path)
        if not (one and one.code.suite == suite and (durations := _durations(one))):
            continue
        # The rest need not be read.
        if one.platform.instance_type == instance_type:
            return durations
        of_another = of_another or durations
    return of_another


def _newest(runs: Path) -> list[Path]:
    dated = []
    for path in runs.glob("*/*/*/results.json"):
        try:
            dated.append((path.stat().st_mtime, path))
        except OSError:
            continue
    return [path for _, path in sorted(dated, reverse=True)[:LOOKED_AT]]


def _read(path: Path) -> _Results | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Results)
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return None


def _durations(results: _Results) -> Durations:
    return {
        (log_output.executable(one.target or ""), one.id): max(0.0, (one.ended - one.started).total_seconds())
        for one in results.measurements
        if one.started and one.ended
    }
