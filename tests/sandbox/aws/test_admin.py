"""The endpoint's own paths answer those who show their token."""

from __future__ import annotations

from tests.support.wire_endpoint import Endpoint


def test_the_endpoints_own_paths_demand_its_token(faulty: Endpoint) -> None:
    for method, path in (("GET", "requests"), ("PUT", "faults"), ("DELETE", "faults"), ("GET", "faults")):
        assert faulty.ask(method, f"/_sandbox/{path}", token="guess")[0] == 403
    assert faulty.ask("GET", "/_sandbox/health", token="")[0] == 200
    assert faulty.ask("GET", "/_sandbox/nothing")[0] == 404
