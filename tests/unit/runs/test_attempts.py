"""What a run measures on a host, one attempt after the other."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import archives, attempt_states
from benchmarks.host.attempt_states import Attempt
from benchmarks.runs import attempts, measurement, run_directory

TOOLCHAIN: dict[str, Any] = {
    "cargo": {"executable": "/usr/bin/cargo"},
    "source": {"crate": "plonky2", "ref": "1.1.0"},
    "host": {"rustc": "rustc 1.85.1", "cpu_model": "EPYC", "kernel": "6.1"},
}
SUITE: dict[str, Any] = {
    "name": "plonky2",
    "description": "all of it",
    "source": {"crate": "plonky2", "ref": "1.1.0"},
    "package": "plonky2",
    "benches": ["ffts"],
    "rustflags": "-C target-cpu=native",
    "environment": {},
    "expected": 74,
}
DONE = ("success", "success")


def digest(suite: dict[str, Any] | None = None, toolchain: dict[str, Any] | None = None) -> str:
    return measurement.digest(measurement.measurement({**SUITE, **(suite or {})}, {**TOOLCHAIN, **(toolchain or {})}))


@pytest.mark.parametrize(
    "change",
    [
        {"rustflags": ""},
        {"rustflags": None},
        {"environment": {"RAYON_NUM_THREADS": "1"}},
        {"benches": ["ffts", "merkle"]},
        {"features": ["parallel"]},
        {"arguments": ["--quick"]},
        {"toolchain": "system"},
        {"package": "other"},
    ],
)
def test_what_decides_the_numbers_makes_it_another_measurement(change: dict[str, Any]) -> None:
    assert digest(change) != digest()


@pytest.mark.parametrize("name", ["rustc", "linker", "commit", "crate_sha256", "cargo_lock_sha256", "cpu_model"])
def test_another_source_compiler_or_processor_makes_it_another_measurement(name: str) -> None:
    assert digest(toolchain={"host": {**TOOLCHAIN["host"], name: "another"}}) != digest()
    assert digest(toolchain={"source": {"path": "/x", "sha256": "1"}}) != digest(
        toolchain={"source": {"path": "/x", "sha256": "2"}}
    )


def test_names_limits_and_the_kernel_change_no_measurement() -> None:
    assert digest({"name": "mine", "description": "other", "expected": None, "minimum_memory": 1}) == digest()
    assert digest(toolchain={"host": {**TOOLCHAIN["host"], "kernel": "6.2"}}) == digest()


@pytest.mark.parametrize(
    ("found", "here", "chosen"),
    [
        ([], (), (1, True)),
        ([], (1, 2), (3, True)),
        ([Attempt(1, False, "a", "asked", DONE)], (), (1, False)),
        ([Attempt(1, True, "a", "asked", ("success", "-"))], (), (1, False)),
        ([Attempt(1, False, "a", "asked", ("success", "-"))], (), (1, False)),
        ([Attempt(1, False, "b", "asked", DONE)], (), (2, True)),
        ([Attempt(1, False, "a", "asked", DONE), Attempt(2, False, "b", "asked", DONE)], (1, 2), (1, False)),
        ([Attempt(1, False, "a", "asked", ("success", "exit-code"))], (1,), (2, True)),
        ([Attempt(1, False, "a", "asked", ("timeout", "-"))], (1,), (2, True)),
        (
            [Attempt(1, False, "a", "asked", DONE), Attempt(2, False, "a", "asked", ("success", "signal"))],
            (),
            (3, True),
        ),
        ([Attempt(1, False, "b", "asked", DONE)], (4,), (5, True)),
    ],
)
def test_an_attempt_is_gone_on_with_or_is_the_next(
    found: list[Attempt], here: tuple[int, ...], chosen: tuple[int, bool]
) -> None:
    assert attempt_states.choose(found, here, "a") == chosen


def test_what_is_at_work_is_followed_by_the_same_request_and_disturbed_by_no_other() -> None:
    found = [Attempt(1, False, "a", "asked", DONE), Attempt(2, True, "b", "asked", ("success", "-"))]
    assert attempt_states.active(found, "asked") == 2
    assert attempt_states.active(found[:1], "other") is None
    with pytest.raises(RefusedError, match=r"^Attempt 2 of this run still measures something else there: "):
        attempt_states.active(found, "other")


def test_a_host_is_asked_for_its_attempts(tmp_path: Path) -> None:
    root = tmp_path / "runs/r1"
    for number, wanted in ((1, "a"), (2, "b"), (10, "c")):
        subprocess.run(["sh", "-c", attempt_states.begin_command(str(root / str(number)), wanted, "asked")], check=True)
    (root / "1/build.status").write_text("success exited 0\n")
    (root / "1/run.status").write_text("exit-code exited 101\n")
    (root / "10/build.status").write_text("success exited 0\n")
    (root / "other").mkdir()
    # A systemctl of the test's own, which says of one unit that it is at work.
    systemctl = tmp_path / "bin/systemctl"
    systemctl.parent.mkdir()
    systemctl.write_text(
        "#!/bin/sh\n"
        'case "$1 $2" in\n'
        '"list-units "*) printf "benchmarks-r1-10-run.service loaded\\nbenchmarks-r2-1-build.service loaded\\n" ;;\n'
        '"is-active benchmarks-r1-10-run.service") echo active ;;\n'
        "*) echo inactive ;;\n"
        "esac\n"
    )
    systemctl.chmod(0o755)
    command = attempt_states.look_command(str(root), "benchmarks-r1")
    output = subprocess.run(
        ["sh", "-c", command],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": f"{systemctl.parent}:/usr/bin:/bin"},
    ).stdout
    assert attempt_states.others(output) == ["benchmarks-r2-1-build.service"]
    assert attempt_states.read_look(output) == (
        Attempt(1, False, "a", "asked", ("success", "exit-code")),
        Attempt(2, False, "b", "asked", ("-", "-")),
        Attempt(10, True, "c", "asked", ("success", "-")),
    )


def test_a_host_without_attempts_has_none(tmp_path: Path) -> None:
    command = attempt_states.look_command(str(tmp_path / "none"), "benchmarks-r1")
    output = subprocess.run(["sh", "-c", command], check=True, capture_output=True, text=True).stdout
    assert attempt_states.read_look(output) == ()


def test_a_request_is_known_before_the_toolchain_is_there(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("[package]\n")
    local = {**SUITE, "source": {"path": str(tmp_path)}}
    before = measurement.request_of(local)
    assert measurement.request_of({**local, "expected": 1}) == before
    assert measurement.request_of({**local, "benches": ["other"]}) != before
    (tmp_path / "Cargo.toml").write_text("[package]\nname = 'edited'\n")
    assert measurement.request_of(local) != before
    # As the toolchain's record says it.
    sha256 = archives.digest(archives.pack(tmp_path))
    assert measurement.request(local, sha256) == measurement.request_of(local)


def test_a_local_source_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^The source of the suite plonky2 cannot be packed: "):
        measurement.request_of({**SUITE, "source": {"path": str(tmp_path / "gone")}})


def test_a_run_is_about_a_new_attempt_until_an_earlier_one_is_gone_on_with(tmp_path: Path) -> None:
    host = tmp_path / "i-1"
    assert attempts.current(host) == 1
    attempts.begin(host, SUITE, "asked")
    assert attempts.current(host) == 1
    attempts.take(host, attempts.Record(1, SUITE, "asked", {"suite": {}}), TOOLCHAIN)
    attempts.begin(host, SUITE, "asked")
    assert (attempts.current(host), attempts.here(host)) == (2, (1, 2))
    attempts.take(host, attempts.Record(1, SUITE, "asked", {"suite": {}}), TOOLCHAIN)
    assert (attempts.current(host), attempts.here(host)) == (1, (1,))
    assert run_directory.read_record(host / "1", "toolchain.json") == TOOLCHAIN
    assert attempts.read(host, 1) == attempts.Record(1, SUITE, "asked", {"suite": {}})


def test_what_is_not_published_is_brought_back_whatever_the_run_is_about(tmp_path: Path) -> None:
    host = tmp_path / "i-1"
    for number in (1, 2, 3):
        attempts.begin(host, SUITE, "asked")
        attempts.take(host, attempts.Record(number, SUITE, "asked", {"suite": {}}), TOOLCHAIN)
    (host / "2/published.json").write_text("{}")
    (host / "4").mkdir()
    assert attempts.to_bring_back(host) == [1, 3]
    (host / "current-attempt.json").write_text('{"number": 2}')
    assert attempts.to_bring_back(host) == [1, 2, 3]


@pytest.mark.parametrize("text", ["{", "[]", "null", "3", '{"other": 1}'])
def test_damaged_records_are_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "1").mkdir()
    for path in (tmp_path / "1/attempt.json", tmp_path / "current-attempt.json"):
        path.write_text(text)
    assert attempts.read(tmp_path, 1) is None
    assert attempts.current(tmp_path) == 1
    assert not attempts.is_active(tmp_path)
    assert attempts.to_bring_back(tmp_path) == [1]


def test_an_attempt_at_work_is_followed_with_its_own_toolchain(tmp_path: Path) -> None:
    attempts.begin(tmp_path, SUITE, "asked")
    attempts.take(tmp_path, attempts.Record(1, SUITE, "asked", {"suite": {}}), TOOLCHAIN)
    run_directory.write_record(tmp_path, "toolchain.json", {"host": "as it is now"})
    attempts.follow(tmp_path, 1)
    assert attempts.is_active(tmp_path)
    assert run_directory.read_record(tmp_path, "toolchain.json") == TOOLCHAIN
    attempts.follow(tmp_path, None)
    assert not attempts.is_active(tmp_path)
    assert attempts.current(tmp_path) == 1
