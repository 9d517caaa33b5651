"""What makes two measurements the same one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.host import archives
from benchmarks.runs import measurement
from tests.support.measured_suite import SUITE, TOOLCHAIN


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
