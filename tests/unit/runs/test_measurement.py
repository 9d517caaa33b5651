"""What makes two measurements the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.errors import RefusedError
from benchmarks.host import archives
from benchmarks.runs import measurement
from benchmarks.runs.records import Source, Toolchain
from tests.support.measured_suite import SUITE, TOOLCHAIN


def on_host(**changes: Any) -> Toolchain:
    return replace(TOOLCHAIN, host=replace(TOOLCHAIN.host, **changes))


def of_directory(sha256: str) -> Toolchain:
    return replace(TOOLCHAIN, source=Source(path="/x", sha256=sha256))


def digest(suite: dict[str, Any] | None = None, toolchain: Toolchain = TOOLCHAIN) -> str:
    return measurement.digest(measurement.of(replace(SUITE, **(suite or {})), toolchain))


@pytest.mark.parametrize(
    "change",
    [
        {"rustflags": ""},
        {"rustflags": None},
        {"environment": {"RAYON_NUM_THREADS": "1"}},
        {"benches": ("ffts", "merkle")},
        {"features": ("parallel",)},
        {"arguments": ("--quick",)},
        {"toolchain": "nightly-2026-05-19"},
        {"package": "other"},
    ],
)
def test_what_decides_the_numbers_makes_it_another_measurement(change: dict[str, Any]) -> None:
    assert digest(change) != digest()


@pytest.mark.parametrize("name", ["rustc", "linker", "commit", "crate_sha256", "cargo_lock_sha256", "cpu_model"])
def test_another_source_compiler_or_processor_makes_it_another_measurement(name: str) -> None:
    assert digest(toolchain=on_host(**{name: "another"})) != digest()
    assert digest(toolchain=of_directory("1")) != digest(toolchain=of_directory("2"))


def test_names_limits_and_the_kernel_change_no_measurement() -> None:
    assert digest({"name": "mine", "description": "other", "expected": None, "minimum_memory": 1}) == digest()
    assert digest(toolchain=on_host(kernel="6.2")) == digest()


def test_a_request_is_known_before_the_toolchain_is_there(tmp_path: Path) -> None:
    (tmp_path / "Cargo.toml").write_text("[package]\n")
    local = replace(SUITE, source=Source(path=str(tmp_path)))
    before = measurement.digest_of_suite_here(local)
    assert measurement.digest_of_suite_here(replace(local, expected=1)) == before
    assert measurement.digest_of_suite_here(replace(local, benches=("other",))) != before
    (tmp_path / "Cargo.toml").write_text("[package]\nname = 'edited'\n")
    assert measurement.digest_of_suite_here(local) != before
    # As the toolchain's record says it.
    sha256 = archives.digest(archives.pack(tmp_path))
    assert measurement.suite_digest(local, sha256) == measurement.digest_of_suite_here(local)


def test_a_local_source_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"^The source of the suite plonky2 cannot be packed: "):
        measurement.digest_of_suite_here(replace(SUITE, source=Source(path=str(tmp_path / "gone"))))
