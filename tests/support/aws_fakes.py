"""Stand-ins for AWS's clients: what they answer is given, what they were asked is kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botocore.exceptions import ClientError


def aws_error(code: str, message: str = "", operation: str = "RunInstances") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Paginator:
    def __init__(self, call: Callable[..., Any]) -> None:
        self._call = call

    def paginate(self, **arguments: Any) -> Iterator[Any]:
        yield self._call(**arguments)


class FakeClient:
    """Answers each operation with what `answers` has for it: a value, an exception, or a function of the arguments.

    A list is answered one element a call, the last one again and again. `meta` is what a test sets.
    """

    meta: Any

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def called(self, operation: str) -> list[dict[str, Any]]:
        return [arguments for name, arguments in self.calls if name == operation]

    def get_paginator(self, operation: str) -> Paginator:
        return Paginator(getattr(self, operation))

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_") or operation not in self.answers:
            raise AttributeError(f"no answer to {operation} was given")

        def call(**arguments: Any) -> Any:
            self.calls.append((operation, arguments))
            answer = self.answers[operation]
            if isinstance(answer, list):
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if callable(answer) and not isinstance(answer, Exception):
                answer = answer(**arguments)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
