"""Which options an engine gets under which circumstances."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sandbox.machines.engine import Facts, UnsuitableEngineError, docker, podman

DESKTOP = Facts(
    rootless=True,
    cgroup_version=2,
    controllers=frozenset({"cpu", "memory", "pids"}),
    runc=False,
    systemd=True,
    may_raise_limits=False,
)
HYBRID = Facts(
    rootless=False,
    cgroup_version=1,
    controllers=frozenset({"cpu", "cpuset", "memory", "pids"}),
    runc=True,
    systemd=False,
    may_raise_limits=False,
)


def test_podman_on_hybrid_cgroups_uses_runc_and_no_systemd_that_is_not_there() -> None:
    assert podman(HYBRID).command == ("podman", "--runtime", "runc", "--cgroup-manager", "cgroupfs")


def test_podman_on_a_desktop_keeps_its_defaults() -> None:
    assert podman(DESKTOP).command == ("podman",)


def test_limits_are_lowered_only_where_they_cannot_be_raised() -> None:
    assert "--ulimit" in podman(HYBRID).run
    assert "--ulimit" not in podman(replace(HYBRID, may_raise_limits=True)).run


def test_rootless_podman_needs_cgroups_that_it_may_use() -> None:
    with pytest.raises(
        UnsuitableEngineError, match=r"cgroup v1: run this as root, or boot .*unified_cgroup_hierarchy=1"
    ):
        podman(replace(DESKTOP, cgroup_version=1))
    with pytest.raises(UnsuitableEngineError, match="without delegated cgroups: log in to a systemd user session"):
        podman(replace(DESKTOP, controllers=frozenset()))


@pytest.mark.parametrize(
    ("controllers", "expected"),
    [
        ({"cpuset", "cpu", "memory"}, ["--cpuset-cpus", "0,3", "--memory", "512m"]),
        ({"cpu", "memory"}, ["--cpus", "2", "--memory", "512m"]),
        ({"pids"}, []),
    ],
)
def test_limits_are_those_that_this_user_may_set(controllers: set[str], expected: list[str]) -> None:
    engine = docker(replace(DESKTOP, controllers=frozenset(controllers)))
    assert engine.limits((0, 3), 512) == expected


@pytest.mark.parametrize("version", [1, 2])
def test_containers_never_get_a_control_group_name_space_of_their_own(version: int) -> None:
    for make in (docker, podman):
        engine = make(replace(HYBRID, cgroup_version=version))
        words = (*engine.run, *engine.systemd)
        assert "private" not in words
        assert "--privileged" not in words
