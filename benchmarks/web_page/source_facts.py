"""What ran, where, when and for how much: what a page tells of one source beside its numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.results.labelled import Labelled
from benchmarks.runs.records import Profile, Source
from benchmarks.runs.result_records import Code, Money, Platform, Results, Tool
from benchmarks.web_page.visible_text import visible

Fact = tuple[str, str]  # a term and its value, both ready to be shown

_SHOWN_OF_A_HASH = 12  # digits


@dataclass(frozen=True)
class Heading:
    """A heading, and the facts below it."""

    title: str
    facts: Sequence[Fact]


@dataclass(frozen=True)
class SourceFacts:
    """One source: its label, its facts in short, and all of them."""

    label: str
    count: str
    suite: str
    machine: str
    place: str
    started: str
    price: str
    cost: str
    headings: Sequence[Heading]


def source_facts(source: Labelled) -> SourceFacts:
    """What is known; what is not is an empty text or has no fact."""
    results = source.results
    platform, money = results.platform, results.money
    return SourceFacts(
        label=visible(source.label),
        count=_benchmarks(results),
        suite=_suite(results.code),
        machine=machine(results),
        place=_place(platform),
        started=_started(results),
        price=f"${money.usd_per_hour:.4g}/h" if money else "",
        cost=_cost(money),
        headings=[heading for heading in _headings(results) if heading.facts],
    )


def _headings(results: Results) -> Iterator[Heading]:
    if results.code:
        yield Heading("What ran", _known(_code_facts(results.code)))
        yield Heading("How it was built", _known(_build_facts(results.code)))
    if results.platform:
        yield Heading("Where", _known(_machine_facts(results, results.platform)))
        yield Heading("Its system", _known(_system_facts(results.platform)))
    yield Heading("When and for how much", _known(_run_facts(results)))


def _known(facts: Iterator[tuple[str, object]]) -> list[Fact]:
    return [(term, visible(str(value))) for term, value in facts if value not in (None, "", ())]


def _code_facts(code: Code) -> Iterator[tuple[str, object]]:
    yield "Suite", code.suite
    yield "Source", _source(code.source)
    yield "Commit", code.commit
    yield "Changed files", code.dirty_sha256 and f"yes, SHA-256 {code.dirty_sha256[:_SHOWN_OF_A_HASH]}…"
    yield "Package", code.package
    yield "Targets", ", ".join(code.benches)
    yield "Arguments", " ".join(code.arguments)
    yield "Harness", ", ".join(f"{one.name} {one.version}" for one in code.harnesses)


def _build_facts(code: Code) -> Iterator[tuple[str, object]]:
    yield "Toolchain", code.toolchain
    yield "Compiler", (code.rustc or "").partition("\n")[0]
    yield "Linker", code.linker
    yield "RUSTFLAGS", "set, but empty" if code.rustflags == "" else code.rustflags
    yield "Target CPU", code.target_cpu
    yield "Features", ", ".join(code.features)
    yield "Profile", code.profile and _profile(code.profile)
    yield "Environment", " ".join(f"{name}={value}" for name, value in code.environment.items())


def _machine_facts(results: Results, platform: Platform) -> Iterator[tuple[str, object]]:
    yield "Instance type", platform.instance_type
    yield "Instance", platform.instance
    yield "Host", results.host if results.host != platform.instance else None
    yield "Zone", " ".join(filter(None, (platform.zone, platform.zone_id and f"({platform.zone_id})")))
    yield "Purchase", ", ".join(filter(None, (platform.lifecycle, platform.tenancy, platform.cpu_credits)))
    yield "Processor", platform.cpu_model
    yield "Cores", platform.cores
    yield "Threads per core", platform.threads_per_core
    yield "CPUs", f"{platform.cpus_usable} usable"
    yield "Memory", f"{platform.memory_mib} MiB"


def _system_facts(platform: Platform) -> Iterator[tuple[str, object]]:
    yield "System", platform.os
    yield "Kernel", f"{platform.kernel} {platform.architecture}"
    yield "AMI", " ".join(filter(None, (platform.ami, platform.ami_name)))
    yield "Hypervisor", platform.hypervisor
    yield "Microcode", platform.microcode
    yield "Governor", platform.governor
    yield "Turbo", {True: "on", False: "off", None: None}[platform.turbo]
    yield "SMT", platform.smt
    yield "Clock", platform.clocksource
    yield "Stopped meanwhile", ", ".join(platform.stopped_services)


def _run_facts(results: Results) -> Iterator[tuple[str, object]]:
    yield "Run", results.run_id
    yield "Attempt", results.attempt
    yield "Planned", _started(results)
    yield "Measured", _benchmarks(results)
    yield "Price", results.money and _price(results.money)
    yield "Cost until its end", _cost(results.money)
    yield "Tool", results.tool and _tool(results.tool)


def _suite(code: Code | None) -> str:
    return visible(code.suite or code.package) if code else ""


def machine(results: Results) -> str:
    """The instance type, or the host of a machine of the user's own."""
    platform = results.platform
    return visible((platform and platform.instance_type) or results.host or "")


def _place(platform: Platform | None) -> str:
    return visible(platform.zone or platform.region or "") if platform else ""


def _started(results: Results) -> str:
    return results.started.strftime("%Y-%m-%d %H:%M UTC") if results.started else ""


def _benchmarks(results: Results) -> str:
    found = len({(one.target, one.id) for one in results.measurements})
    if results.expected is not None and found != results.expected:
        return f"{found} of {results.expected} benchmarks"
    return "1 benchmark" if found == 1 else f"{found} benchmarks"


def _source(source: Source) -> str:
    what = source.crate or source.git or source.path or ""
    return f"{what} {source.ref}" if source.ref else what


def _profile(profile: Profile) -> str:
    return f"opt-level {profile.opt_level}, LTO {profile.lto}, {profile.codegen_units} codegen units"


def _price(money: Money) -> str:
    return f"${money.usd_per_hour:.4g}/h ({money.source}, {money.date})"


def _cost(money: Money | None) -> str:
    if money and money.cost_usd is not None:
        return f"${money.cost_usd:.4f}"
    return f"at most ${money.cost_usd_at_most:.4f}" if money and money.cost_usd_at_most is not None else ""


def _tool(tool: Tool) -> str:
    return f"benchmarks {tool.version}"
