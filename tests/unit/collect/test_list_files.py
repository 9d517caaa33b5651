"""How what a host has of an attempt is asked, and from one that does not answer at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from ansible.errors import AnsibleActionFail, AnsibleConnectionFailure
from ansible.plugins.loader import action_loader
from jinja2.nativetypes import NativeEnvironment

from benchmarks.paths import ROOT
from tests.support.answers import told
from tests.support.repository import yaml_of

LOST = AnsibleConnectionFailure("Failed to connect to the host via ssh: Connection refused")
LISTED = {"rc": 0, "stdout": "- criterion\r\n", "stderr": ""}


def asked(
    monkeypatch: pytest.MonkeyPatch, answers: list[Any], timeout: float = 30, check: Sequence[str] = ()
) -> tuple[dict[str, Any], Mock]:
    """What the action returns on a host that answers so, and its connection."""
    action_loader.add_directory(str(ROOT / "roles/collect/action_plugins"))
    connection = Mock()
    args = {"directory": "/r/1", "timeout": timeout, "host_check": list(check)}
    action = action_loader.get(
        "list_files", task=Mock(args=args, async_val=0, check_mode=False),
        connection=connection, play_context=Mock(), loader=Mock(), templar=Mock(), shared_loader_obj=Mock(),
    )  # fmt: skip
    monkeypatch.setattr(action, "_low_level_execute_command", Mock(side_effect=map(told, answers)))
    monkeypatch.setitem(action.run.__func__.__globals__, "INTERVAL", 0)
    return action.run(task_vars={"inventory_hostname": "i-1"}), connection


def test_a_host_that_answers_after_a_while_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    result, connection = asked(monkeypatch, [LOST, LOST, LISTED])
    assert result == {"changed": False, "lines": ["- criterion"]}
    assert connection.reset.call_count == 2


def test_a_host_that_does_not_answer_is_told_by_ssh_s_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^i-1 does not answer over SSH: Connection refused\. "):
        asked(monkeypatch, [LOST], timeout=-1)


def test_a_host_that_is_gone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnsibleActionFail, match=r"^i-1 is terminated$"):
        asked(monkeypatch, [LOST], check=["sh", "-c", "echo i-1 is terminated; exit 1"])


@pytest.mark.parametrize(("failures", "seconds"), [([], 300), (["The build failed."], 30)])
def test_a_host_is_waited_for_as_while_it_measures_unless_it_was_already(failures: list[str], seconds: int) -> None:
    wait = yaml_of(ROOT / "roles/collect/vars/main.yml")["__collect_wait"]
    given = {**yaml_of(ROOT / "roles/collect/defaults/main.yml"), "collect_failures": failures}
    templar = NativeEnvironment()
    assert int(templar.from_string(wait).render(**given)) == seconds
    measuring = yaml_of(ROOT / "roles/benchmark/defaults/main.yml")
    assert given["collect_reconnect_timeout"] == measuring["benchmark_reconnect_timeout"]


def test_a_host_that_cannot_tell_is_told_with_what_it_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    refusal = r"^i-1 answers over SSH, but does not tell which results it has: sh: not found\. Mend that"
    with pytest.raises(AnsibleActionFail, match=refusal):
        asked(monkeypatch, [{"rc": 127, "stdout": "", "stderr": "sh: not found\n"}])
