"""What suits the width of a screen, and what stays whole."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks.terminal import rendering

COST = "Cost      c7i.large for 10 min 0 s at $0.36/h: $0.0600 (AWS Price List, storage and traffic not counted)"
LONG = "merkle-tree<plonky2_field::goldilocks_field::GoldilocksField, PoseidonHash>/65536"


def shown(part: RenderableType, width: int, *, terminal: bool = True) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=terminal, color_system="standard" if terminal else None).print(
        part, soft_wrap=True
    )
    return out.getvalue()


def test_a_line_is_broken_between_words_behind_its_title() -> None:
    assert shown(rendering.Hanging(Text(COST)), 50).splitlines() == [
        "Cost      c7i.large for 10 min 0 s at $0.36/h:",
        "          $0.0600 (AWS Price List, storage and",
        "          traffic not counted)",
    ]


def test_a_line_below_a_title_goes_on_as_it_has_begun() -> None:
    assert shown(rendering.Hanging(Text("          opens until the end of it")), 24).splitlines() == [
        "          opens until",
        "          the end of it",
    ]


def test_an_address_stays_whole() -> None:
    address = "s3://mine/" + "a" * 100
    assert address in shown(rendering.Hanging(Text(f"S3        {address}")), 40)


def test_without_a_terminal_a_line_stays_a_line() -> None:
    assert shown(rendering.Hanging(Text(COST)), 50, terminal=False) == f"{COST}\n"


LINK = rendering.Link(
    "Link      ", "https://link/" + "a" * 200, "benchmark.log", "in full in /my runs/r1/published.json"
)


def test_a_terminal_is_given_a_hyperlink_that_fits() -> None:
    link, in_full = shown(LINK, 20).splitlines()
    assert link.startswith("Link      \x1b]8;")
    assert link.endswith(f";{LINK.address}\x1b\\benchmark.log\x1b]8;;\x1b\\")
    assert in_full == "          in full in /my runs/r1/published.json"


def test_elsewhere_the_address_itself_is_written() -> None:
    assert shown(LINK, 80, terminal=False) == f"Link      {LINK.address}\n"


@pytest.mark.parametrize(
    ("width", "lines"),
    [
        (90, [LONG]),
        (46, ["merkle-tree<plonky2_field::goldilocks_field::", "  GoldilocksField, PoseidonHash>/65536"]),
        (
            20,
            [
                "merkle-tree<",
                "  plonky2_field::",
                "  goldilocks_field::",
                "  GoldilocksField,",
                "  PoseidonHash>/",
                "  65536",
            ],
        ),
        (12, ["merkle-tree<", "  plonky2_", "  field::", "  goldilocks", "  _field::", "  Goldilocks", "  Field,"]),
    ],
)
def test_a_name_is_folded_where_its_parts_end(width: int, lines: list[str]) -> None:
    assert rendering.folded(LONG, width)[: len(lines)] == lines


@given(st.text(), st.integers(4, 60))
def test_a_folded_name_fits_and_is_whole(name: str, width: int) -> None:
    lines = rendering.folded(name, width)
    assert "".join(" ".join(lines).split()) == "".join(name.split())
    if not any(character.isspace() for character in name):
        assert all(cell_len(line) <= width for line in lines)


def test_a_table_of_80_columns_shows_numbers_whole_and_names_folded() -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("benchmark", overflow="fold")
    table.add_column("estimate", no_wrap=True)
    table.add_column("interval", no_wrap=True)
    table.add_row(rendering.Name(LONG), "126.1 ms", "120.9 ms to 130.9 ms")
    table.add_row(rendering.Name("mul"), "1.000 ns", "1.000 ns to 1.000 ns")
    first, second, third = (line.rstrip() for line in shown(table, 80).splitlines()[1:])
    assert first == "merkle-tree<plonky2_field::goldilocks_field::     126.1 ms  120.9 ms to 130.9 ms"
    assert second == "  GoldilocksField, PoseidonHash>/65536"
    assert third.split() == ["mul", "1.000", "ns", "1.000", "ns", "to", "1.000", "ns"]


HOSTILE = "a\x1b[31m\x9b2J\nb\u202ec"


def test_a_hostile_name_in_a_table_does_nothing_to_the_terminal() -> None:
    table = Table(box=None)
    table.add_column("name")
    table.add_row(rendering.Name(HOSTILE))
    table.add_row(rendering.plain(HOSTILE))
    printed = shown(table, 80, terminal=False)
    assert [line.strip() for line in printed.splitlines()[1:]] == [r"a\x1b[31m\x9b2J\nb\u202ec"] * 2


def test_sentences_are_broken_between_words_and_a_line_with_a_command_stays_whole() -> None:
    told = "It still runs: it costs money.\nIt is uploaded to s3://mine. To fetch it: ./inv bench.attach r1 --tail"
    assert shown(rendering.Said(told), 20).splitlines() == [
        "It still runs: it",
        "costs money.",
        "It is uploaded to",
        "s3://mine.",
        "To fetch it: ./inv bench.attach r1 --tail",
    ]
    assert shown(rendering.Said("To end it: ./inv bench.terminate r1"), 20) == "To end it: ./inv bench.terminate r1\n"
    assert shown(rendering.Said(told), 20, terminal=False).splitlines() == told.splitlines()
