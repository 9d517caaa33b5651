"""What all tests share."""

from __future__ import annotations

import pytest
from hypothesis import settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("benchmarks", deadline=None)
settings.load_profile("benchmarks")
# Fixtures that every worker makes for itself, whichever tests it runs.
OF_EACH_WORKER = frozenset({"account"})


# Before xdist looks for groups.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group the tests that share a fixture, by file, for xdist's `loadgroup`; all others can run on any worker."""
    for item in items:
        if isinstance(item, pytest.Function) and _shares_a_fixture(item):
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


def _shares_a_fixture(item: pytest.Function) -> bool:
    # Pytest's own fixtures have no base.
    used = (found[-1] for found in item._fixtureinfo.name2fixturedefs.values())
    return any(one.scope != "function" and one.baseid and one.argname not in OF_EACH_WORKER for one in used)
