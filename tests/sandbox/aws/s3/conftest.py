"""A bucket of the test's own."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def bucket(s3: Any, name: str) -> str:
    s3.create_bucket(Bucket=name)
    return name
