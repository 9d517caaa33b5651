"""Names of benchmarks in formats that know neither Cargo's targets nor any character that an id may have."""

from __future__ import annotations

from urllib.parse import quote

from benchmarks.runs.result_records import BenchmarkMeasurement

_LONGEST_SHOWN = 60  # characters of a name in a sentence


def qualified(measurement: BenchmarkMeasurement) -> str:
    """`target/id`, with ` [variant]` if there is one, and ` #2` for the second process, and so on.

    The name follows from the measurement alone, so that it stays the same whatever else is measured. Cargo's targets
    have no slash, therefore targets and ids cannot be mistaken for each other.
    """
    target = "" if measurement.target is None else f"{measurement.target}/"
    return f"{target}{measurement.id}{suffix(measurement)}"


def suffix(measurement: BenchmarkMeasurement) -> str:
    """What tells several measurements of one benchmark apart; empty for the first process of the only variant."""
    variant = "" if measurement.variant is None else f" [{measurement.variant}]"
    process = f" #{measurement.process}" if measurement.process > 1 else ""
    return f"{variant}{process}"


def encoded(text: str, also: str = "") -> str:
    """Percent-encode what cannot be seen, such as line breaks, and `%` and the characters of `also`.

    `urllib.parse.unquote` decodes it. Other characters, of any script, are kept.
    """
    return "".join(
        character
        if character.isprintable() and character not in f"%{also}"
        else f"%{ord(character):02X}"
        if character.isascii()
        else quote(character, errors="surrogatepass")
        for character in text
    )


def visible(text: str) -> str:
    """The text on one line, with what cannot be seen percent-encoded."""
    return encoded(text).replace("%25", "%")


def in_sentence(measurement: BenchmarkMeasurement) -> str:
    """The name as it is shown in a message: on one line, and cut if it is long."""
    name = visible(qualified(measurement))
    return name if len(name) <= _LONGEST_SHOWN else f"{name[: _LONGEST_SHOWN - 1]}…"
