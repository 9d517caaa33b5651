"""A suite, and the record of the toolchain that it was measured with."""

from __future__ import annotations

from benchmarks.runs.records import Source
from tests.support import records

TOOLCHAIN = records.toolchain(rustc="rustc 1.85.1", cpu_model="EPYC", kernel="6.1")
SUITE = records.suite(
    name="plonky2",
    description="all of it",
    source=Source(crate="plonky2", ref="1.1.0"),
    package="plonky2",
    benches=("ffts",),
    rustflags="-C target-cpu=native",
    expected=74,
)
