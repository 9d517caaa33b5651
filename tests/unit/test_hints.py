"""Which name a mistyped word is taken for, and which word for none."""

from __future__ import annotations

import pytest

from benchmarks import hints
from benchmarks.parameters import region, spec, suites

FLAGS = [parameter.flag for parameter in spec.parameters("benchmark")]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("--instnace-type", "--instance-type"),
        ("--instance_type", "--instance-type"),
        ("--instance", "--instances"),
        ("--type", "--instance-type"),
        ("--CPU", "--cpu"),
        ("--mem", "--memory"),
        ("--tial", "--tail"),
        ("--sutie", "--suite"),
        ("--port", "--ssh-port"),
    ],
)
def test_a_flag_is_known_by_nearly_its_letters_or_by_one_of_its_words(word: str, meant: str) -> None:
    assert hints.nearest(word, FLAGS) == f" Did you mean {meant}?"


@pytest.mark.parametrize(
    "word", ["--bogus", "--nonsense", "--verbose", "--debug", "--foo", "--x", "--threads", "-", ""]
)
def test_a_word_like_no_flag_is_taken_for_none(word: str) -> None:
    assert hints.nearest(word, FLAGS) == ""


def test_a_name_that_differs_by_case_alone_is_the_only_one_meant() -> None:
    assert hints.similar("C7I.LARGE", ["c7i.large", "c7i.xlarge", "c7g.large"], 3) == ["c7i.large"]


def test_the_likeliest_names_come_first() -> None:
    assert hints.similar("c7i.larg", ["c7g.large", "m7i.metal", "c7i.xlarge", "c7i.large"], 2) == [
        "c7i.large",
        "c7i.xlarge",
    ]


def test_regions_and_suites_are_guessed_in_the_same_way() -> None:
    assert hints.nearest("EU-CENTRAL-1", region.known()) == " Did you mean eu-central-1?"
    assert hints.nearest("eu-centra-1", region.known()) == " Did you mean eu-central-1?"
    assert hints.nearest("frankfurt", region.known()) == ""
    assert hints.nearest("plonky2-quik", suites.names()) == " Did you mean plonky2-quick?"


def test_a_hint_names_the_front_door_of_a_checkout() -> None:
    assert hints.command_line("bench.setup") == "./inv bench.setup"
    assert hints.command_line("") == "./inv"


def test_a_hint_names_what_the_environment_says_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(hints.COMMAND_VARIABLE, "benchmarks")
    assert hints.command_line("bench.terminate --run-id r1") == "benchmarks bench.terminate --run-id r1"
    monkeypatch.setenv(hints.COMMAND_VARIABLE, "")
    assert hints.command_line("bench.setup") == "./inv bench.setup"
