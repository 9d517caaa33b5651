"""Which settings Cargo builds benchmarks by. What is expected was seen in the calls of rustc by Cargo 1.95."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.host.cargo_profile import BenchProfile, of_bench

RELEASE = BenchProfile(
    opt_level="3",
    lto="false",
    codegen_units=16,
    debug="false",
    panic="unwind",
    overflow_checks=False,
    debug_assertions=False,
    incremental=False,
)


def setting(name: str, manifest: str = "", config: str | None = None, **environment: str) -> Any:
    profile = of_bench(manifest, config, environment)
    assert profile
    return getattr(profile, name)


@pytest.mark.parametrize("manifest", ["", '[package]\nname = "one"\n', "[profile.dev]\nopt-level = 1\n"])
def test_without_settings_benchmarks_are_built_like_a_release(manifest: str) -> None:
    assert of_bench(manifest, None, {}) == RELEASE


def test_every_setting_of_the_manifest_counts() -> None:
    manifest = """
    [profile.bench]
    opt-level = "s"
    lto = "thin"
    codegen-units = 1
    debug = "line-tables-only"
    overflow-checks = true
    debug-assertions = true
    incremental = true
    """
    assert of_bench(manifest, None, {}) == BenchProfile(
        opt_level="s",
        lto="thin",
        codegen_units=1,
        debug="line-tables-only",
        overflow_checks=True,
        debug_assertions=True,
        incremental=True,
    )


def test_bench_inherits_what_it_does_not_set() -> None:
    manifest = '[profile.release]\nlto = "fat"\ncodegen-units = 1\n[profile.bench]\nlto = "thin"\n'
    assert setting("lto", manifest) == "thin"
    assert setting("codegen_units", manifest) == 1


def test_the_environment_is_stronger_than_the_configuration_and_that_than_the_manifest() -> None:
    manifest, config = "[profile.bench]\ncodegen-units = 1\n", "[profile.bench]\ncodegen-units = 2\n"
    assert setting("codegen_units", manifest) == 1
    assert setting("codegen_units", manifest, config) == 2
    assert setting("codegen_units", manifest, config, CARGO_PROFILE_BENCH_CODEGEN_UNITS="3") == 3


def test_what_bench_sets_is_stronger_than_what_release_sets_anywhere() -> None:
    manifest, config = "[profile.bench]\ncodegen-units = 1\n", "[profile.release]\ncodegen-units = 2\n"
    assert setting("codegen_units", manifest, config, CARGO_PROFILE_RELEASE_CODEGEN_UNITS="3") == 1
    assert setting("codegen_units", "", config, CARGO_PROFILE_RELEASE_CODEGEN_UNITS="3") == 3


def test_bench_may_inherit_a_profile_of_the_sources_own() -> None:
    manifest = '[profile.fast]\ninherits = "release"\ncodegen-units = 7\n[profile.bench]\ninherits = "fast"\n'
    assert setting("codegen_units", manifest) == 7
    assert setting("codegen_units", manifest, CARGO_PROFILE_FAST_CODEGEN_UNITS="8") == 8
    assert setting("overflow_checks", '[profile.bench]\ninherits = "dev"\n') is True


def test_benchmarks_unwind_whatever_the_profile_says() -> None:
    assert setting("panic", '[profile.release]\npanic = "abort"\n[profile.bench]\npanic = "abort"\n') == "unwind"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("true", "fat"),
        ("fat", "fat"),
        ("yes", "fat"),
        ("false", "false"),
        ("off", "off"),
        ("n", "off"),
        ("thin", "thin"),
    ],
)
def test_lto_has_one_word_for_each_of_its_kinds(text: str, word: str) -> None:
    assert setting("lto", CARGO_PROFILE_BENCH_LTO=text) == word
    assert setting("lto", f"[profile.bench]\nlto = {text if text in ('true', 'false') else repr(text)}\n") == word


@pytest.mark.parametrize(
    ("text", "word"),
    [("0", "false"), ("'none'", "false"), ("1", "limited"), ("2", "true"), ("'full'", "true"), ("true", "true")],
)
def test_debug_has_one_word_for_each_of_its_levels(text: str, word: str) -> None:
    assert setting("debug", f"[profile.bench]\ndebug = {text}\n") == word
    assert setting("debug", CARGO_PROFILE_BENCH_DEBUG=text.strip("'")) == word


@pytest.mark.parametrize(
    ("config", "environment", "expected"),
    [
        ("", {}, True),
        ("[build]\nincremental = false\n", {}, False),
        ("[build]\nincremental = false\n", {"CARGO_BUILD_INCREMENTAL": "true"}, True),
        ("", {"CARGO_INCREMENTAL": "0"}, False),
        ("[build]\nincremental = false\n", {"CARGO_INCREMENTAL": "1"}, True),
    ],
)
def test_what_is_said_of_all_profiles_decides_on_incremental_builds(
    config: str, environment: dict[str, str], expected: bool
) -> None:
    assert setting("incremental", "[profile.bench]\nincremental = true\n", config, **environment) is expected


def test_an_incremental_build_has_more_codegen_units_unless_their_number_is_given() -> None:
    assert setting("codegen_units", CARGO_INCREMENTAL="1") == 256
    assert setting("codegen_units", "[profile.release]\ncodegen-units = 4\n", CARGO_INCREMENTAL="1") == 4


@pytest.mark.parametrize(
    "manifest",
    [
        "[profile.bench",
        "profile = 3",
        "profile.bench = 3",
        "[profile.bench]\nlto = 3.5",
        "[profile.bench]\ncodegen-units = 'many'",
        "[profile.bench]\noverflow-checks = 'perhaps'",
        "[profile.bench]\ninherits = 'none'",
        "[profile.bench]\ninherits = 'bench'",
        "[profile.bench]\ninherits = 'a'\n[profile.a]\ninherits = 'b'\n[profile.b]\ninherits = 'a'",
    ],
)
def test_there_is_no_profile_where_one_cannot_be_read(manifest: str) -> None:
    assert of_bench(manifest, None, {}) is None
    assert of_bench("", manifest, {}) is None


def test_what_the_environment_says_must_be_a_setting_too() -> None:
    assert of_bench("", None, {"CARGO_PROFILE_BENCH_DEBUG_ASSERTIONS": "perhaps"}) is None


@given(st.text(), st.text() | st.none())
def test_no_text_is_an_error(manifest: str, config: str | None) -> None:
    of_bench(manifest, config, {})
