"""Instance types of the tests' own, and how they are made at random."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from benchmarks.aws.instance_types import InstanceType, Offer

ZONES = ("eu-north-1a", "eu-north-1b", "eu-north-1c")


def instance_type(name: str = "c6i.2xlarge", **changes: Any) -> InstanceType:
    fields: dict[str, Any] = {
        "name": name,
        "cores": 4,
        "vcpus": 8,
        "threads_per_core": 2,
        "memory": 16384,
        "architectures": ("x86_64",),
        "manufacturer": "Intel",
        "clock": 3.5,
        "local_disk": None,
        "network": "Up to 12.5 Gigabit",
        "burstable": False,
        "gpu": False,
        "bare_metal": False,
        "current": True,
        "spot": True,
    }
    return InstanceType(**{**fields, **changes})


C6I = instance_type()
C8A = instance_type("c8a.2xlarge", cores=8, threads_per_core=1, manufacturer="AMD", clock=4.5)


@st.composite
def offers(draw: st.DrawFn) -> list[Offer]:
    """Any offers, with small numbers so that many are alike or just at a limit."""
    names = draw(st.lists(st.sampled_from([f"{f}.{s}" for f in "abcd" for s in "wxyz"]), unique=True, max_size=12))
    return [draw(_offer(name)) for name in names]


@st.composite
def _offer(draw: st.DrawFn, name: str) -> Offer:
    prices = st.floats(0.001, 4, allow_nan=False)
    cores, threads = draw(st.integers(1, 6)), draw(st.integers(1, 2))
    one = instance_type(
        name,
        cores=cores,
        threads_per_core=threads,
        vcpus=cores * threads,
        memory=draw(st.integers(1, 8)) * 512,
        architectures=draw(st.sampled_from([("x86_64",), ("arm64",), ("i386", "x86_64")])),
        burstable=draw(st.booleans()),
        gpu=draw(st.booleans()),
        bare_metal=draw(st.booleans()),
        current=draw(st.booleans()),
        spot=draw(st.booleans()),
    )
    zones = tuple(sorted(draw(st.sets(st.sampled_from(ZONES)))))
    spot = {zone: draw(prices) for zone in zones if draw(st.booleans())}
    return Offer(one, draw(st.none() | prices), spot, zones)
