"""A bucket whose objects are given, as S3 lists and returns them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from tests.support.aws_fakes import FakeClient

NAME = "mine"
PAGE = 2  # keys and common prefixes on a page


def bucket(objects: dict[str, bytes], **answers: Any) -> FakeClient:
    """The client of a bucket called NAME. With `answers`, operations are answered in another way."""

    def got(*, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        assert Bucket == NAME
        return {"Body": io.BytesIO(objects[Key])}

    client = FakeClient(
        **{"list_objects_v2": lambda **asked: list(_pages(objects, **asked)), "get_object": got, **answers}
    )
    client.get_paginator = lambda operation: _Pages(getattr(client, operation))  # type: ignore[method-assign,assignment,return-value]
    return client


def _pages(objects: dict[str, bytes], **asked: str) -> Iterator[dict[str, Any]]:
    assert asked["Bucket"] == NAME
    prefix, delimiter, after = asked["Prefix"], asked.get("Delimiter"), asked.get("StartAfter", "")
    entries: dict[tuple[str, str], None] = {}
    for key in sorted(key for key in objects if key.startswith(prefix) and key > after):
        inner, found, _ = key.removeprefix(prefix).partition(delimiter) if delimiter else (key, "", "")
        entries["CommonPrefixes" if found else "Contents", f"{prefix}{inner}{found}" if found else key] = None
    listed = list(entries)
    for at in range(0, len(listed) or 1, PAGE):
        page: dict[str, Any] = {}
        for kind, key in listed[at : at + PAGE]:
            page.setdefault(kind, []).append({"Prefix" if kind == "CommonPrefixes" else "Key": key})
        yield page


class _Pages:
    def __init__(self, call: Any) -> None:
        self._call = call

    def paginate(self, **arguments: Any) -> Any:
        return self._call(**arguments)
