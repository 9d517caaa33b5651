"""The plan as users see it before anything is launched."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from benchmarks.aws.credentials import Lifetime
from benchmarks.parameters import spec
from benchmarks.preflight import screen
from benchmarks.runs.records import HostAttempt, Image, LaunchPlan, Place, Preflight, Quota
from tests.support.records import CREDITS, launch_plan, preflight

QUOTA = Quota(code="L-1216C47A", name="Standard", limit=32, needed=8, used=8)

UNTIL = "until it switches itself off; storage, address and traffic not counted"


PERMANENT = Lifetime()


def shown(plan: Preflight, held: Lifetime = PERMANENT, **given: Any) -> list[str]:
    return screen.of_plan(plan, "r1", spec.with_defaults("benchmark", given), lambda: held).splitlines()


def test_a_plan_shows_machine_price_worst_case_quota_and_where_the_results_go() -> None:
    places = tuple(Place(subnet=f"s-{zone}", zone=f"eu-central-1{zone}") for zone in "ab")
    assert shown(preflight(launches=(launch_plan(quota=QUOTA, places=places, cores=4),))) == [
        "Suite     one: one 1.0.0, Rust system",
        "Machine   c7i.large: 4 cores, 2 threads each, 4096 MiB, x86_64",
        "Zone      eu-central-1a, else eu-central-1b",
        "Image     debian-13 (launch template benchmarks, version 1)",
        "Price     $0.357 an hour (AWS Price List, 2026-05-19)",
        f"At most   $1.61 for 4 h 30 min, {UNTIL}",
        "Quota     about 24 of 32 vCPUs left, this takes 8 (L-1216C47A)",
        "Results   s3://mine/results/one/2026-05-19T081500Z_c7i.large_4c_1.0.0_r1/",
        "Link      to the log, opens for 7 days",
    ]


def test_several_hosts_are_shown_by_type_with_what_all_of_them_cost() -> None:
    quota = replace(QUOTA, needed=10)

    def launch(host: int, name: str, zone: str) -> LaunchPlan:
        places = (Place(subnet="s", zone=f"eu-central-1{zone}"), Place(subnet="t", zone="eu-central-1z"))
        return launch_plan(host=host, instance_type=name, places=places, quota=quota)

    order = (("m7i.large", "b"), ("c7gd.large", "a"), ("m7i.large", "a"), ("c7gd.large", "b"))
    launches = tuple(launch(host, *one) for host, one in enumerate(order, 1))
    assert shown(preflight(launches=launches)) == [
        "Suite     one: one 1.0.0, Rust system",
        "Machines  2 x c7gd.large  1 core, 2 threads each, 4096 MiB, x86_64; $0.357 an hour on 2026-05-19",
        "          2 x m7i.large   1 core, 2 threads each, 4096 MiB, x86_64; $0.357 an hour on 2026-05-19",
        "Zones     eu-central-1a, eu-central-1b",
        "Image     debian-13 (launch template benchmarks, version 1)",
        f"At most   $6.43 for 4 instances, each for 4 h 30 min, {UNTIL}",
        "Quota     about 24 of 32 vCPUs left, this takes 40 (L-1216C47A)",
        "At once   2 of 4 instances, the others as these end and leave room",
        "Results   s3://mine/results/one/, in a folder for each type",
        "Link      to the log, opens for 7 days",
    ]


def test_instances_that_live_for_different_times_are_shown_with_the_longest() -> None:
    launches = (launch_plan(host=1), launch_plan(host=2, instance_type="c7i.metal-24xl", bare_metal=True))
    (line,) = [line for line in shown(preflight(launches=launches)) if line.startswith("At most")]
    # At $0.357 an hour, 4.5 and 4.92 hours.
    assert line == f"At most   $3.37 for 2 instances, each for up to 4 h 55 min, {UNTIL}"


def test_what_types_do_not_have_in_common_is_shown_with_the_types() -> None:
    arm = launch_plan(
        host=2, instance_type="t4g.large", image=Image(id="ami-2"), price=None, price_unknown="AWS lists none",
        places=(Place(subnet="s", zone="eu-central-1b"),),
    )  # fmt: skip
    credits = launch_plan(host=1, instance_type="t3.large", cpu_credits=CREDITS)
    lines = shown(preflight(launches=(credits, arm)))
    assert lines[2].endswith("; price not known: AWS lists none")
    assert lines[3:8] == [
        "Zones     eu-central-1a, for t3.large",
        "Zones     eu-central-1b, for t4g.large",
        "Image     debian-13 (launch template benchmarks, version 1), for t3.large",
        "Image     ami-2 (launch template benchmarks, version 1), for t4g.large",
        "Credits   t3.large: up to $0.1 an hour more, if CPU credits are unlimited and the CPU busy (2 vCPUs at $0.05 "
        "an hour, AWS Price List, 2026-05-19)",
    ]


def test_a_quota_without_room_for_any_host_promises_none() -> None:
    launches = tuple(launch_plan(host=host, quota=replace(QUOTA, used=30)) for host in (1, 2))
    lines = shown(preflight(launches=launches))
    assert "At once   none, as far as is known, until others of your instances have ended" in lines


def test_of_a_run_that_goes_on_what_is_still_launched_is_shown() -> None:
    launches = tuple(launch_plan(host=host) for host in (1, 2, 3))
    lines = shown(preflight(launches=launches, existing=("i-2",), gone=(1,)))
    assert lines[1] == "Machine   i-2, which the run has already; with what is launched now:"
    assert lines[2].startswith("Machines  2 x c7i.large  ")


def test_limits_and_bare_metal_change_the_worst_case() -> None:
    plan = preflight(launches=(launch_plan(bare_metal=True),))
    assert (
        "At most   $0.69 for 1 h 55 min, until it switches itself off; storage, address and traffic not counted"
        in shown(plan, build_limit=30, time_limit=30)
    )


@pytest.mark.parametrize(
    ("why", "line"), [("AWS lists none", "Price     not known: AWS lists none"), (None, "Price     not known")]
)
def test_an_unknown_price_is_said_with_its_reason(why: str | None, line: str) -> None:
    lines = shown(preflight(launches=(launch_plan(price=None, price_unknown=why),)))
    assert line in lines
    assert f"At most   not known for 4 h 30 min, {UNTIL}" in lines


def test_what_cpu_credits_may_add_is_shown_and_counts_in_the_worst_case() -> None:
    lines = shown(preflight(launches=(launch_plan(cpu_credits=CREDITS),)))
    assert lines[5:7] == [
        "Credits   up to $0.1 an hour more, if CPU credits are unlimited and the CPU busy (2 vCPUs at $0.05 "
        "an hour, AWS Price List, 2026-05-19)",
        f"At most   $2.06 for 4 h 30 min, {UNTIL}",
    ]


def test_credits_of_an_unknown_price_leave_the_worst_case_unknown() -> None:
    lines = shown(preflight(launches=(launch_plan(cpu_credits_unknown="AWS lists none"),)))
    assert lines[5:7] == [
        "Credits   what CPU credits may add is not known: AWS lists none",
        f"At most   not known for 4 h 30 min, {UNTIL}",
    ]


def test_an_image_with_a_licence_says_as_what_it_is_billed() -> None:
    image = Image(id="ami-1", name="RHEL-10", licensed_platform="Red Hat Enterprise Linux")
    assert "Image     RHEL-10 (launch template benchmarks, version 1), billed as Red Hat Enterprise Linux" in shown(
        preflight(launches=(launch_plan(image=image),))
    )


def test_what_is_left_of_the_quota_may_be_unknown() -> None:
    quota = Quota(code="L-1216C47A", name="Standard", limit=32, needed=8, used=None)
    assert "Quota     32 vCPUs, this takes 8 (L-1216C47A)" in shown(preflight(launches=(launch_plan(quota=quota),)))


def test_a_public_link_lasts_whatever_the_credentials_do() -> None:
    made = preflight()
    assert made.destination
    public = replace(made, destination=replace(made.destination, public=True))
    ending = Lifetime(temporary=True, end=datetime.now(UTC))
    assert shown(public, ending)[-1] == "Link      to the log, opens for anyone, as long as the bucket is public"


def test_a_link_ends_with_the_credentials() -> None:
    end = datetime.now(UTC) + timedelta(hours=1)
    last = shown(preflight(), Lifetime(temporary=True, end=end))[-1]
    assert last == f"Link      to the log, opens until {end:%H:%M UTC on %Y-%m-%d}"
    assert shown(preflight(), Lifetime(temporary=True))[-1] == (
        "Link      to the log, opens for 7 days or until the temporary credentials that signed it expire"
    )


def test_a_machine_of_the_users_own_costs_nothing_and_needs_no_credentials() -> None:
    plan = preflight(launches=(), destination=None)

    def asked() -> Lifetime:
        raise AssertionError("nothing is published, so no credentials are needed")

    text = screen.of_plan(plan, "r1", spec.with_defaults("benchmark", {"host": "me@192.0.2.7"}), asked)
    assert text.splitlines()[1:] == [
        "Machine   me@192.0.2.7, a machine of your own",
        "Results   on this machine only, since no bucket was given",
    ]


def test_what_only_has_to_be_published_shows_no_plan() -> None:
    assert shown(preflight(gone=(1,), measured=(HostAttempt(host="i-1", attempt=1),))) == []


def test_a_link_signed_by_credentials_that_are_renewed_ends_with_later_ones() -> None:
    held = Lifetime(temporary=True, renewed=True, end=datetime.now(UTC) + timedelta(minutes=5))
    assert shown(preflight(), held)[-1] == (
        "Link      to the log, opens for as long as the credentials that sign it at the end of the run"
    )


def test_an_instance_that_is_there_is_not_launched_and_so_not_priced() -> None:
    lines = shown(preflight(existing=("i-1",), launches=(launch_plan(quota=QUOTA),)))
    assert lines[1] == "Machine   i-1, which the run has already"
    assert not [line for line in lines if line.startswith(("Price", "At most", "Quota", "Zone"))]
