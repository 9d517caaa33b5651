"""Results like those of plonky2's benchmarks, for pages: 74 benchmarks from nanoseconds to seconds, with samples."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Harness, Source
from benchmarks.runs.result_records import (
    BenchmarkMeasurement,
    Code,
    Estimate,
    Interval,
    Money,
    Platform,
    Results,
    Samples,
    Tool,
)
from benchmarks.web_page.compared_results import ComparedBenchmark, ComparedResults, MeanRatio, Verdict
from tests.support import records

SAMPLES = 100
STARTED = datetime(2026, 5, 19, 8, 15, tzinfo=UTC)
# Instance type, USD per hour, and its times relative to those of the first.
MACHINES = (
    ("c7i.2xlarge", 0.357, 1.0),
    ("c7a.2xlarge", 0.41056, 0.86),
    ("c7g.2xlarge", 0.2892, 1.21),
    ("m7i.2xlarge", 0.4032, 1.01),
    ("c6i.2xlarge", 0.34, 1.28),
    ("c8g.2xlarge", 0.31904, 0.93),
)


def benchmarks() -> Iterator[tuple[str, str, float]]:
    """The target, the id and the time in nanoseconds of each of the 74."""
    fields = (("GoldilocksField", 1.0), ("Extension<2>", 3.1), ("Extension<4>", 9.4), ("Secp256K1Base", 14.0))
    for field, factor in fields:
        for operation, time in (
            ("mul-throughput", 1.9), ("mul-latency", 4.6), ("sqr-throughput", 1.7), ("sqr-latency", 4.4),
            ("add-throughput", 0.9), ("add-latency", 1.2), ("try_inverse", 590.0), ("batch_try_inverse", 17.0),
        ):  # fmt: skip
            yield "field_arithmetic", f"{operation}<{field}>", time * factor
    for name, time in (("fft", 5.1), ("lde", 41.0)):
        for power in (13, 14, 15, 16):
            yield "ffts", f"{name}<GoldilocksField>/{2**power}", time * 2**power * power / 4
    for name, time in (("keccak", 420.0), ("poseidon", 1480.0)):
        yield "hashing", f"{name}<GoldilocksField>", time
        yield "hashing", f"{name}-chain<GoldilocksField>", time * 101
    for name, time in (("merkle-tree<keccak>", 900.0), ("merkle-tree<poseidon>", 3300.0)):
        for power in (13, 14, 15):
            yield "merkle", f"{name}/{2**power}", time * 2**power
    for power in range(14, 23):
        yield "reverse_index_bits", f"reverse_index_bits/{2**power}", 1.15 * 2**power
        yield "reverse_index_bits", f"reverse_index_bits_in_place/{2**power}", 0.74 * 2**power
    for width in (10, 50, 80, 120, 160, 200):
        yield "transpose", f"transpose/2^16 x {width}", width * 2**16 * 0.95


def measurement(
    chance: random.Random, target: str, id: str, time: float, samples: int = SAMPLES, **changes: Any
) -> BenchmarkMeasurement:
    """A time that was measured about as precisely as on an instance of EC2: skewed, with a few outliers."""
    spread = chance.choice((0.002, 0.004, 0.008, 0.02))
    each = [
        time * (1 + abs(chance.gauss(0, spread)) + (chance.random() < 0.04) * chance.uniform(0, 12 * spread))
        for _ in range(samples)
    ]
    iterations = [float((index + 1) * max(1, round(5e7 / time / samples))) for index in range(samples)]
    point, half = math.fsum(each) / samples, time * spread * 0.4
    slope = Estimate(
        point=point, interval=Interval(low=point - half, high=point + half, level=0.95), standard_error=half / 2
    )
    given: dict[str, Any] = {
        "id": id,
        "target": target,
        "harness": "criterion",
        "unit": "ns",
        "statistic": "slope",
        "estimates": {"slope": slope},
        "throughput": {"elements": float(id.rpartition("/")[2])} if "fft" in id or "lde" in id else {},
        "samples": Samples(
            mode="Linear",
            iterations=tuple(iterations),
            values=tuple(value * count for value, count in zip(each, iterations, strict=True)),
        ),
    }
    return BenchmarkMeasurement(**{**given, **changes})


def run(
    number: int = 0, label: str | None = None, samples: int = SAMPLES, slower: float = 1.0, **changes: Any
) -> Labelled:
    """A run of all benchmarks on one of MACHINES."""
    chance = random.Random(number)
    instance_type, price, factor = MACHINES[number % len(MACHINES)]
    measured = tuple(
        measurement(chance, target, id, time * factor * slower * chance.uniform(0.98, 1.02), samples)
        for target, id, time in benchmarks()
    )
    given: dict[str, Any] = {
        "run_id": f"{STARTED + timedelta(hours=number):%Y%m%d-%H%M%S}",
        "host": f"i-0{number:016x}",
        "attempt": 1,
        "started": STARTED + timedelta(hours=number),
        "expected": 74,
        "measurements": measured,
        "code": _code(),
        "platform": _platform(instance_type, number),
        "money": Money(usd_per_hour=price, source="AWS Price List", date="2026-05-18", cost_usd=price * 1.12),
        "tool": Tool(version="0.1.0"),
    }
    return Labelled(label or f"{instance_type} {number + 1}", Results(**{**given, **changes}))


def comparison(old: str = "before", new: str = "after", seed: int = 5) -> ComparedResults:
    """Both labels' benchmarks compared, with every verdict among them."""
    chance = random.Random(seed)
    compared = tuple(_compared(chance, target, id) for target, id, _ in benchmarks())
    return ComparedResults(
        old=old,
        new=new,
        benchmarks=compared,
        threshold=0.02,
        mean=MeanRatio(0.984, Interval(low=0.975, high=0.993, level=0.95), len(compared)),
        notes=(f"Only {new} has ffts/ifft/8192.",),
    )


def _compared(chance: random.Random, target: str, id: str) -> ComparedBenchmark:
    ratio = math.exp(chance.gauss(0, 0.006) + chance.choice((0, 0, 0, 0, 0, -0.12, -0.06, 0.09)))
    half = chance.choice((0.006, 0.01, 0.012, 0.05))
    low, high = ratio / (1 + half), ratio * (1 + half)
    verdict: Verdict = "unclear"
    if low > 1.02 or high < 1 / 1.02:
        verdict = "slower" if ratio > 1 else "faster"
    elif low >= 1 / 1.02 and high <= 1.02:
        verdict = "same"
    interval = Interval(low=low, high=high, level=0.95)
    return ComparedBenchmark(target, id, ratio, interval, verdict, "10 rounds, paired t")


def _code() -> Code:
    return Code(
        suite="plonky2",
        source=Source(crate="plonky2", ref="1.1.0"),
        package="plonky2",
        benches=("field_arithmetic", "ffts", "hashing", "merkle", "reverse_index_bits", "transpose"),
        arguments=(),
        features=(),
        rustflags="-C target-cpu=native",
        environment={"RUSTC_BOOTSTRAP": "1"},
        toolchain="nightly-2026-05-19",
        crate_sha256="5b" * 32,
        rustc="rustc 1.97.0-nightly (2f1c0e9f3 2026-05-18)\nbinary: rustc",
        linker="GNU ld (GNU Binutils for Debian) 2.44",
        harnesses=(Harness(name="criterion", version="0.5.1"),),
        profile=records.profile(),
        target_cpu="sapphirerapids",
    )


def _platform(instance_type: str, number: int) -> Platform:
    return Platform(
        instance=f"i-0{number:016x}",
        instance_type=instance_type,
        tenancy="default",
        lifecycle="on-demand",
        region="us-east-1",
        zone="us-east-1b",
        zone_id="use1-az2",
        ami="ami-example",
        ami_name="debian-13-amd64-20260501-2094",
        cores=4,
        threads_per_core=2,
        os="Debian GNU/Linux 13 (trixie)",
        kernel="6.12.38+deb13-cloud-amd64",
        architecture="x86_64",
        hypervisor="KVM",
        cpu_model="Intel(R) Xeon(R) Platinum 8488C",
        microcode="0x2b000639",
        cpus_online=8,
        cpus_usable=8,
        smt="on",
        memory_mib=15_712,
        clocksource="tsc",
        governor=None,
        turbo=True,
    )
