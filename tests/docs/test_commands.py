"""What the pages say to type works: every block marked `run` is run against a sandbox, page by page."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.conftest import Account
from tests.support import document_reader
from tests.support.pages import blocks, pages
from tests.support.repository import relative

FOLLOWED = [page for page in pages() if any("run" in block.marks for block in blocks(page))]


@pytest.mark.timeout(document_reader.PATIENCE + 120)
@pytest.mark.parametrize("page", FOLLOWED, ids=relative)
def test_a_page_can_be_followed(page: Path, account: Account, tmp_path: Path) -> None:
    document_reader.follow(list(blocks(page)), account.directory(tmp_path), account.environment)
    pages = account.client("ec2").describe_instances()["Reservations"]
    left = [i["InstanceId"] for r in pages for i in r["Instances"] if i["State"]["Name"] != "terminated"]
    assert left == [], "an instance is left running"


def test_shown_lines_are_looked_for_in_their_order() -> None:
    output = "one   1\ntwo\nthree 3 x\n"
    assert list(document_reader.absent(["one 1", "…", "three … x"], output)) == []
    assert list(document_reader.absent(["two", "one 1"], output)) == ["one 1"]
    assert list(document_reader.absent(["two … x"], output)) == ["two … x"]
    assert list(document_reader.absent(["✓ launch   12.5 s", "fft  3.1 µs"], "✓ launch 4 s\nfft 950.0 ns\n")) == []
    assert list(document_reader.absent(["2 of 3 fit"], "2 of 4 fit")) == ["2 of 3 fit"]
