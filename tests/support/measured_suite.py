"""A suite, and the record of the toolchain that it was measured with."""

from __future__ import annotations

from typing import Any

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
