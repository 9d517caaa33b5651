"""Which CPU a build was for. What is expected was seen in the calls of rustc by Cargo 1.95."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host import target_cpu

PRINTED = """\
Available CPUs for this target:
    native        - Select the CPU of the current host (currently znver3).
    alderlake
    x86-64        - This is the default target CPU for the current build target (currently x86_64-unknown-linux-gnu).
    x86-64-v2
"""
COMPILER = "rustc 1.95.0\nhost: x86_64-unknown-linux-gnu\nrelease: 1.95.0"
OF_TARGET = '[target.x86_64-unknown-linux-gnu]\nrustflags = "-Ctarget-cpu=haswell"\n'
OF_BUILD = '[build]\nrustflags = ["-C", "target-cpu=x86-64-v2"]\n'
OF_CFG = "[target.'cfg(unix)']\nrustflags = ['-Ctarget-cpu=skylake']\n"


def resolve(config: str | None = None, **environment: str) -> str | None:
    return target_cpu.resolve(PRINTED, COMPILER, config, environment)


def test_without_flags_it_is_the_targets_default() -> None:
    assert resolve() == "x86-64"
    assert resolve(RUSTFLAGS="-C opt-level=1 --cfg target-cpu=none") == "x86-64"


@pytest.mark.parametrize(
    "flags",
    [
        "-C target-cpu=native",
        "-Ctarget-cpu=native",
        "--codegen target-cpu=native",
        "--codegen=target-cpu=native",
        "-C target_cpu=native",
        "-C target-cpu=x86-64-v2 -O  -C target-cpu=native",
    ],
)
def test_native_is_the_hosts_own(flags: str) -> None:
    assert resolve(RUSTFLAGS=flags) == "znver3"
    assert resolve(CARGO_ENCODED_RUSTFLAGS="\x1f".join(flags.split())) == "znver3"


def test_a_cpu_that_is_named_is_taken_by_its_name() -> None:
    assert resolve(RUSTFLAGS="-C target-cpu=x86-64-v3") == "x86-64-v3"


def test_the_first_source_of_flags_that_is_set_counts() -> None:
    config = OF_BUILD + OF_TARGET
    assert resolve(OF_BUILD) == "x86-64-v2"
    assert resolve(config) == "haswell"
    assert resolve(config, RUSTFLAGS="-Ctarget-cpu=znver1") == "znver1"
    assert resolve(config, RUSTFLAGS="") == "x86-64"
    assert resolve(config, RUSTFLAGS="-Ctarget-cpu=znver1", CARGO_ENCODED_RUSTFLAGS="") == "x86-64"


def test_variables_of_the_configuration_add_to_its_flags() -> None:
    assert resolve(OF_BUILD, CARGO_BUILD_RUSTFLAGS="-Ctarget-cpu=znver2") == "znver2"
    assert resolve(OF_TARGET, CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-Ctarget-cpu=znver2") == "znver2"
    assert resolve(OF_BUILD, CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS="-O") == "x86-64"


def test_a_condition_that_only_the_compiler_can_decide_leaves_it_open() -> None:
    assert resolve(OF_CFG) is None
    assert resolve(OF_CFG + OF_TARGET) is None
    assert resolve(OF_BUILD + OF_CFG.replace("-Ctarget-cpu=skylake", "-O")) is None


def test_a_condition_that_changes_nothing_leaves_nothing_open() -> None:
    assert resolve(OF_CFG.replace("-Ctarget-cpu=skylake", "-Clink-arg=-s")) == "x86-64"
    assert resolve(OF_CFG, RUSTFLAGS="-Ctarget-cpu=native") == "znver3"


@pytest.mark.parametrize("variables", [{"CARGO_BUILD_TARGET": "i686-unknown-linux-gnu"}, {}])
def test_the_default_of_another_target_is_not_known(variables: dict[str, str]) -> None:
    config = "" if variables else '[build]\ntarget = "i686-unknown-linux-gnu"\n'
    assert resolve(config, **variables) is None
    assert resolve(config, RUSTFLAGS="-Ctarget-cpu=native", **variables) == "znver3"
    assert resolve(f"{config}{OF_TARGET}", **variables) is None


def test_the_hosts_own_target_may_be_named() -> None:
    assert resolve(CARGO_BUILD_TARGET="x86_64-unknown-linux-gnu") == "x86-64"


@pytest.mark.parametrize("printed", [None, "", "error: unknown print request", "    native\n    x86-64\n"])
def test_what_the_compiler_does_not_say_is_not_known(printed: str | None) -> None:
    assert target_cpu.resolve(printed, COMPILER, None, {}) is None
    assert target_cpu.resolve(printed, COMPILER, None, {"RUSTFLAGS": "-Ctarget-cpu=native"}) is None
    assert target_cpu.resolve(printed, None, None, {"RUSTFLAGS": "-Ctarget-cpu=znver1"}) == "znver1"


@pytest.mark.parametrize(
    "config",
    ["[build", "build = 3", "[build]\ntarget = ['a', 'b']", "[build]\nrustflags = 3", "[target]\nx = 3\n'cfg(a)' = 3"],
)
def test_a_configuration_that_cannot_be_read_leaves_it_open(config: str) -> None:
    assert resolve(config) is None


def test_settings_on_other_subjects_do_not_matter() -> None:
    assert resolve('paths = ["../one"]\ninclude = "x.toml"\n[net]\noffline = true\n') == "x86-64"


@given(st.text(), st.text(), st.text())
def test_no_text_is_an_error(printed: str, config: str, flags: str) -> None:
    target_cpu.resolve(printed, COMPILER, config, {"RUSTFLAGS": flags})
