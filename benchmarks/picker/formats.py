"""The picker's answer as text: a table, JSON, CSV or names only."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from benchmarks.picker import answers, types_table
from benchmarks.picker.answers import Answer


def text(answer: Answer, output: str, *, wide: bool, command: str | None) -> str:
    """The answer as plain text in an output format."""
    if output == "json":
        return as_json(answer)
    if output == "csv":
        return as_csv(answer)
    if output == "names":
        return as_names(answer)
    if not answer.choice.fitting:
        return ""
    lines = types_table.lay_out(answer.choice, wide=wide)
    return "\n".join([lines.heading, *lines.rows, "", *answers.closing(answer, command), ""])


def as_json(answer: Answer) -> str:
    return json.dumps(answers.record(answer), indent=2) + "\n"


def as_names(answer: Answer) -> str:
    return "".join(f"{offer.type.name}\n" for offer in answer.choice.fitting)


def as_csv(answer: Answer) -> str:
    """One line per type, with the same fields as in JSON. Lists are separated by spaces; unknown values are empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(answers.FIELDS), lineterminator="\n")
    writer.writeheader()
    for offer in answer.choice.fitting:
        row = answers.row(answer, offer)
        writer.writerow({name: _flat(value) for name, value in row.items()})
    return out.getvalue()


def _flat(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return " ".join(value)
    if isinstance(value, dict):
        return " ".join(f"{key}={item}" for key, item in value.items())
    return value
