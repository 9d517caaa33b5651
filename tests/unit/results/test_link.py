"""How long the link to a log opens."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from benchmarks.results.link import link_end
from tests.support.result_bucket import NOW


@pytest.mark.parametrize(
    ("temporary", "end", "until", "note"),
    [
        (False, None, NOW + timedelta(days=7), ""),
        (True, NOW + timedelta(hours=1), NOW + timedelta(hours=1), ""),
        (True, NOW + timedelta(days=30), NOW + timedelta(days=7), ""),
        (True, None, NOW + timedelta(days=7), "or until the temporary credentials that signed it expire"),
    ],
)
def test_a_link_ends_with_the_credentials_that_signed_it(
    temporary: bool, end: datetime | None, until: datetime, note: str
) -> None:
    assert link_end(NOW, temporary, end) == (until, note)
