"""The record of a build, from what the host printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from benchmarks.errors import FailedError
from benchmarks.runs import builds
from benchmarks.runs.records import Build, Fingerprint, Profile
from tests.support import records

HOST: Fingerprint = records.toolchain(rustc="rustc 1.95.0\nhost: x86_64-unknown-linux-gnu", cargo_config=None).host
FACTS: dict[str, Any] = {
    "executables": {"twin_a": "aa", "other": "bb"},
    "target_cpus": "    native - Select the CPU of the current host (currently znver3).\n",
    "manifest": "[profile.release]\nlto = true\n",
}
NATIVE = {"RUSTFLAGS": "-C target-cpu=native"}


def test_a_build_has_the_programs_of_its_targets_the_cpu_and_the_profile() -> None:
    assert builds.of(json.dumps(FACTS), ("twin-a", "missing"), HOST, NATIVE) == Build(
        executables={"twin-a": "aa"},
        target_cpu="znver3",
        profile=Profile(
            opt_level="3",
            lto="fat",
            codegen_units=16,
            debug="false",
            panic="unwind",
            overflow_checks=False,
            debug_assertions=False,
            incremental=False,
        ),
    )


def test_the_sources_configuration_counts() -> None:
    host = records.toolchain(rustc=HOST.rustc, cargo_config="[profile.bench]\nlto = 'off'\n").host
    profile = builds.of(json.dumps(FACTS), (), host, {}).profile
    assert profile
    assert profile.lto == "off"


def test_what_the_host_does_not_know_is_null() -> None:
    unknown: dict[str, Any] = {"executables": {}, "target_cpus": None, "manifest": None}
    expected = Build(executables={}, target_cpu=None, profile=None)
    assert builds.of(json.dumps(unknown), ("twin-a",), HOST, NATIVE) == expected


@pytest.mark.parametrize(
    ("printed", "said"),
    [("", "it printed nothing"), ("Traceback\nOSError: none\n", "OSError: none"), ('{"executables": []}', "[]}")],
)
def test_what_is_no_answer_of_the_host_is_an_error_of_one_line(printed: str, said: str) -> None:
    with pytest.raises(FailedError, match="What was built is not recorded, since the host ") as error:
        builds.of(printed, (), HOST, {})
    assert said in str(error.value)
    assert "\n" not in str(error.value)
