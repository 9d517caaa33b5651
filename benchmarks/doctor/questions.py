"""Questions to the account and to this machine, asked so that no answer spoils another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from benchmarks.aws import aws_errors
from benchmarks.aws.optional_answers import DAMAGED, UNREADABLE, UnknownError
from benchmarks.runs.records import Check

Explain = Callable[[Exception], str]


@dataclass(frozen=True)
class Finding:
    """What an answer means."""

    result: Literal["ok", "failed", "unknown"]
    text: str


def ok(text: str) -> Finding:
    return Finding("ok", text)


def failed(text: str) -> Finding:
    return Finding("failed", text)


def unknown(why: str) -> Finding:
    return Finding("unknown", f"not checked: {why}")


@dataclass(frozen=True)
class Question:
    """A question: how to ask it, and what the answer means.

    It is not asked if one of the questions named in `needs` has failed, or was itself not asked for that reason.
    `ask` may raise what calls to AWS raise, UnknownError for what cannot be found out, and OSError.
    """

    name: str
    ask: Callable[[], Any]
    judge: Callable[[Any], Finding]
    needs: tuple[str, ...] = ()


def answer(questions: Iterable[Question], explain: Explain, before: Iterable[Check] = ()) -> tuple[Check, ...]:
    """The questions answered one after the other; `explain` turns errors of AWS into sentences.

    `before` are earlier answers, on which these questions may depend.
    """
    in_the_way = {check.name for check in before if check.result == "failed"}
    checks: list[Check] = []
    for question in questions:
        lacking = [name for name in question.needs if name in in_the_way]
        finding = unknown(f"see {' and '.join(lacking)}") if lacking else _asked(question, explain)
        if lacking or finding.result == "failed":
            in_the_way.add(question.name)
        checks.append(Check(name=question.name, result=finding.result, text=finding.text))
    return tuple(checks)


def _asked(question: Question, explain: Explain) -> Finding:
    try:
        return question.judge(question.ask())
    except UnknownError as error:
        return unknown(f"{error}.")
    except aws_errors.errors() as error:
        return failed(explain(error))
    except OSError as error:
        return unknown(f"{error.strerror or error}.")
    except DAMAGED:
        return unknown(f"{UNREADABLE}.")
