"""Connections to AWS, and how long the credentials that they use are good."""

from __future__ import annotations

import pytest

from benchmarks.aws import session


def test_clients_are_of_the_region_unless_another_is_named() -> None:
    connect = session.connector("eu-north-1")
    assert connect("ec2").meta.region_name == "eu-north-1"
    assert connect("pricing", "us-east-1").meta.region_name == "us-east-1"


def test_a_service_that_a_run_can_do_without_costs_seconds_when_it_is_out_of_reach() -> None:
    connect = session.connector("eu-north-1")
    for service, region in (*((one, None) for one in session.OPTIONAL_SERVICES), ("ec2", "us-east-1")):
        config = connect(service, region).meta.config
        assert config.retries["total_max_attempts"] * config.connect_timeout < 10
    assert connect("ec2").meta.config.retries["total_max_attempts"] == session.ATTEMPTS + 1


def test_permanent_credentials_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    assert session.lifetime_of_credentials() == (False, None)


def test_temporary_credentials_of_the_environment_end_at_an_unknown_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "a")
    assert session.lifetime_of_credentials() == (True, None)
