"""The JSON document has the records as they are."""

from __future__ import annotations

import json

import msgspec

from benchmarks.exports import json_document
from benchmarks.runs.result_records import Results
from tests.support.result_samples import two_sources


def test_the_records_can_be_read_back() -> None:
    sources = two_sources()
    document = json.loads(json_document.text(sources).text)
    assert [one["label"] for one in document] == ["c7i", "desk | mine"]
    assert [msgspec.convert(one["results"], Results) for one in document] == [one.results for one in sources]
