"""Which types fit and in which order, compared with a second, plainer computation."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.aws.instance_types import Offer
from benchmarks.errors import RefusedError
from benchmarks.parameters import spec
from benchmarks.picker import selection
from benchmarks.picker.selection import Criteria
from tests.support.picker_data_sets import C6I, C8A, ZONES, instance_type, offers

SORTS = next(parameter.choices for parameter in spec.parameters("types") if parameter.name == "sort")

criteria = st.builds(
    Criteria,
    cpu=st.none() | st.integers(1, 8),
    memory=st.none() | st.integers(1, 4500),
    max_cpu=st.none() | st.integers(1, 8),
    max_memory=st.none() | st.integers(500, 4500),
    cpu_unit=st.sampled_from(["core", "vcpu"]),
    arch=st.sampled_from([None, None, "x86_64", "arm64", "i386"]),
    families=st.sampled_from([(), (), ("a",), ("a", "b")]),
    all=st.booleans(),
    burstable=st.booleans(),
    gpu=st.booleans(),
    bare_metal=st.booleans(),
    max_price=st.none() | st.floats(0.001, 4),
    spot=st.booleans(),
    az=st.sampled_from([None, None, *ZONES]),
    sort=st.sampled_from(SORTS),
)


def is_wanted(asked: Criteria, offer: Offer) -> bool:
    """What the parameters mean, each written out in words of its own."""
    one = offer.type
    cpu = one.vcpus if asked.cpu_unit == "vcpu" else one.cores
    spot = [price for zone, price in offer.spot.items() if asked.az in (None, zone)]
    price = min(spot, default=None) if asked.spot else offer.on_demand
    return not (
        (asked.cpu and cpu < asked.cpu)
        or (asked.memory and one.memory < asked.memory)
        or (asked.max_cpu and cpu > asked.max_cpu)
        or (asked.max_memory and one.memory > asked.max_memory)
        or (asked.arch and asked.arch not in one.architectures)
        or (asked.families and one.name.split(".")[0] not in asked.families)
        or (asked.max_price and (price is None or price > asked.max_price))
        or (asked.az and asked.az not in offer.zones)
        or (asked.spot and not one.spot)
        or (asked.bare_metal and not one.bare_metal)
        or (one.gpu and not asked.gpu)
        or (one.burstable and not asked.burstable)
        or (not one.current and not asked.all)
    )


@given(criteria, offers())
def test_what_is_listed_satisfies_every_limit_and_nothing_that_does_is_missing(
    asked: Criteria, data: list[Offer]
) -> None:
    listed = selection.choose(asked, data).fitting
    assert {offer.type.name for offer in listed} == {offer.type.name for offer in data if is_wanted(asked, offer)}
    assert len(listed) == len({offer.type.name for offer in listed})


@given(criteria, offers(), st.randoms())
def test_the_order_does_not_depend_on_the_order_of_the_data(asked: Criteria, data: list[Offer], random: Any) -> None:
    shuffled = list(data)
    random.shuffle(shuffled)
    assert selection.choose(asked, data).fitting == selection.choose(asked, shuffled).fitting


@given(criteria, offers())
def test_either_something_fits_or_the_nearest_miss_is_named_with_what_it_misses(
    asked: Criteria, data: list[Offer]
) -> None:
    choice = selection.choose(asked, data)
    assert (choice.nearest is None) == bool(choice.fitting or not data)
    if choice.nearest:
        assert choice.missed
        assert all(limit.miss(choice.nearest) for limit in choice.missed)


@given(criteria, offers())
def test_each_flag_shows_as_many_types_as_it_is_said_to_hide(asked: Criteria, data: list[Offer]) -> None:
    choice = selection.choose(asked, data)
    names = {"--burstable": "burstable", "--gpu": "gpu", "--all": "all"}
    shown = {**asked.__dict__, **dict.fromkeys(names.values(), True)}
    everything = selection.choose(Criteria(**shown), data).fitting
    kinds = {
        "--burstable": lambda o: o.type.burstable,
        "--gpu": lambda o: o.type.gpu,
        "--all": lambda o: not o.type.current,
    }
    for flag, is_kind in kinds.items():
        expected = 0 if getattr(asked, names[flag]) else sum(map(is_kind, everything))
        assert choice.hidden.get(flag, 0) == expected


def names_of(asked: Criteria, *data: Offer) -> list[str]:
    return [offer.type.name for offer in selection.choose(asked, data).fitting]


def test_eight_cores_are_not_eight_vcpus() -> None:
    data = Offer(C6I, 0.34), Offer(C8A, 0.43)
    assert names_of(Criteria(cpu=8), *data) == ["c8a.2xlarge"]
    assert names_of(Criteria(cpu=8, cpu_unit="vcpu"), *data) == ["c6i.2xlarge", "c8a.2xlarge"]


def test_the_price_of_a_core_is_that_of_a_physical_one() -> None:
    assert Criteria().price_per_core(Offer(C6I, 0.4)) == 0.1
    assert Criteria().price_per_core(Offer(C8A, 0.4)) == 0.05
    assert Criteria(cpu_unit="vcpu").price_per_core(Offer(C6I, 0.4)) == 0.1


def test_the_least_excess_comes_first_then_the_price_then_the_name() -> None:
    def offer(name: str, cores: int, memory: int, price: float | None) -> Offer:
        return Offer(instance_type(name, cores=cores, memory=memory), price)

    data = (
        offer("a.big", 16, 65536, 0.1),
        offer("b.dear", 8, 65536, 0.9),
        offer("c.cheap", 8, 65536, 0.5),
        offer("d.tie", 8, 65536, 0.5),
        offer("e.unknown", 8, 65536, None),
        offer("f.exact", 8, 61035, 2.0),
    )
    asked = Criteria(cpu=8, memory=61035)
    assert names_of(asked, *data) == ["f.exact", "c.cheap", "d.tie", "b.dear", "e.unknown", "a.big"]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("price", ["b.x", "a.x", "c.x", "d.x"]),
        ("cores", ["a.x", "d.x", "c.x", "b.x"]),
        ("memory", ["d.x", "b.x", "a.x", "c.x"]),
        ("price-per-core", ["b.x", "c.x", "a.x", "d.x"]),
        ("name", ["a.x", "b.x", "c.x", "d.x"]),
    ],
)
def test_sorted_by_what_is_asked_with_unknown_prices_last(sort: str, expected: list[str]) -> None:
    data = [
        Offer(instance_type("a.x", cores=1, memory=3000), 0.4),
        Offer(instance_type("b.x", cores=8, memory=2000), 0.2),
        Offer(instance_type("c.x", cores=4, memory=4000), 0.8),
        Offer(instance_type("d.x", cores=2, memory=1000), None),
    ]
    assert names_of(Criteria(sort=sort), *data) == expected


def test_prices_at_the_limit_fit_and_those_a_hair_above_do_not() -> None:
    above = 0.1 + 0.2
    assert names_of(Criteria(max_price=0.3), Offer(C6I, 0.3), Offer(C8A, above)) == ["c6i.2xlarge"]


def test_the_spot_price_is_the_lowest_of_all_zones_or_that_of_the_zone_asked_for() -> None:
    offer = Offer(C6I, 1.0, {"eu-north-1a": 0.4, "eu-north-1b": 0.2}, ("eu-north-1a", "eu-north-1b"))
    assert Criteria(spot=True).price(offer) == 0.2
    assert Criteria(spot=True, az="eu-north-1a").price(offer) == 0.4
    assert Criteria(spot=True, az="eu-north-1c").price(offer) is None


def test_limits_say_how_many_each_excludes_where_nothing_fits() -> None:
    choice = selection.choose(Criteria(cpu=100, memory=20000), [Offer(C6I), Offer(C8A)])
    assert dict(choice.excluded) == {"cpu (at least 100 cores)": 2, "memory (at least 20000 MiB)": 2}
    assert choice.nearest is not None
    assert choice.nearest.type.name == "c8a.2xlarge"


def test_of_two_misses_the_one_that_a_flag_shows_is_nearer() -> None:
    gpu = Offer(instance_type("g5.2xlarge", gpu=True, current=False))
    choice = selection.choose(Criteria(families=("g5",)), [Offer(C6I), gpu])
    assert choice.nearest is gpu
    assert [limit.shown_by for limit in choice.missed] == ["--gpu", "--all"]


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({}, "Nothing was asked for."),
        ({"region": "eu-north-1", "format": "json", "cpu": None}, "Nothing was asked for."),
        ({"cpu": 8, "max_cpu": 4}, "max_cpu must not be less than cpu, but 4 is less than 8."),
        ({"memory": 8, "max_memory": 4}, "max_memory must not be less than memory"),
        ({"all": True, "current": True}, "current and all exclude each other"),
    ],
)
def test_requests_that_make_no_sense_are_refused(parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RefusedError, match=f"^{sentence}"):
        selection.criteria(parameters)


def test_flags_that_are_off_ask_for_nothing() -> None:
    off = {"all": False, "current": False, "burstable": False, "wide": False, "sort": "fit"}
    with pytest.raises(RefusedError, match=r"^Nothing was asked for\."):
        selection.criteria(off)


def test_families_are_separated_by_commas_whatever_the_spaces_and_case() -> None:
    assert selection.criteria({"family": " c7i, C7A,,"}).families == ("c7i", "c7a")


def test_a_family_that_there_is_not_is_refused_with_similar_ones() -> None:
    with pytest.raises(RefusedError, match=r"^eu-north-1 has no instance types of a family c6. Similar: c6i"):
        selection.check_names(Criteria(families=("c6",)), [Offer(C6I), Offer(C8A)], "eu-north-1")


def test_a_zone_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        RefusedError, match=r"^eu-north-1 has no availability zone eu-north-1z\. Known: eu-north-1a, eu-north-1b\.$"
    ):
        data = [Offer(C6I, zones=("eu-north-1a", "eu-north-1b"))]
        selection.check_names(Criteria(az="eu-north-1z"), data, "eu-north-1")
