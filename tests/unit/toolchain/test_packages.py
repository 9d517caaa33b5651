"""How the toolchain's packages are installed."""

from __future__ import annotations

from benchmarks.paths import ROOT
from tests.support.repository import yaml_of


def test_apts_lists_are_updated_whatever_the_age_of_the_image() -> None:
    # With cache_valid_time, Ansible falls back to the time of /var/lib/apt/lists, which is when the image was made.
    (apt,) = (
        task["ansible.builtin.apt"]
        for task in yaml_of(ROOT / "roles/toolchain/tasks/packages.yml")
        if "ansible.builtin.apt" in task
    )
    assert apt["update_cache"] is True
    assert "cache_valid_time" not in apt
