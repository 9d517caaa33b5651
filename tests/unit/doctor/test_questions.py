"""Questions whose answers do not spoil each other."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws import aws_errors
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.doctor import questions
from benchmarks.doctor.questions import Question, failed, ok
from benchmarks.errors import RefusedError
from benchmarks.runs.records import Check
from tests.support.aws_fakes import aws_error


def asking(name: str, answer: Any, *needs: str) -> Question:
    def ask() -> Any:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return Question(name, ask, ok, needs)


def results(*asked: Question, before: tuple[Check, ...] = ()) -> dict[str, tuple[str, str]]:
    found = questions.answer(asked, aws_errors.sentence, before)
    return {check.name: (check.result, check.text) for check in found}


@pytest.mark.parametrize(
    ("error", "result", "text"),
    [
        (RefusedError("There is no VPC."), "failed", "There is no VPC."),
        (aws_error("UnauthorizedOperation", "no", "RunInstances"), "failed", "Your AWS user lacks the permission"),
        (UnknownError("AWS cannot be reached"), "unknown", "not checked: AWS cannot be reached."),
        (OSError(2, "No such file or directory"), "unknown", "not checked: No such file or directory."),
        (KeyError("Vpcs"), "unknown", "not checked: AWS's answer cannot be read."),
    ],
)
def test_what_one_question_meets_with_is_its_answer_and_spoils_no_other(
    error: Exception, result: str, text: str
) -> None:
    found = results(asking("first", error), asking("second", "fine"))
    assert found["first"][0] == result
    assert found["first"][1].startswith(text)
    assert found["second"] == ("ok", "fine")


def test_what_depends_on_a_failure_is_not_asked_and_names_it() -> None:
    refused = RefusedError("no")
    found = results(asking("a", refused), asking("b", "fine", "a"), asking("c", "fine", "b"), asking("d", "fine"))
    assert found["b"] == ("unknown", "not checked: see a")
    assert found["c"] == ("unknown", "not checked: see b")
    assert found["d"] == ("ok", "fine")


def test_what_could_not_be_checked_keeps_nothing_else_from_being_asked() -> None:
    assert results(asking("quota", UnknownError("why")), asking("launch", "fine", "quota"))["launch"] == ("ok", "fine")


def test_earlier_answers_count() -> None:
    before = (Check(name="vpc", result="failed", text="none"),)
    assert results(asking("launch", "fine", "vpc"), before=before)["launch"][0] == "unknown"


def test_an_answer_may_mean_failure() -> None:
    asked = Question("quota", lambda: 0, lambda limit: failed(f"{limit} vCPUs"))
    assert results(asked) == {"quota": ("failed", "0 vCPUs")}
