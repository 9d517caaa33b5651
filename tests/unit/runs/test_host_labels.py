"""What tells hosts apart on a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.runs import events, host_labels, record_files
from benchmarks.runs.host_labels import Label
from tests.support import records


@pytest.fixture
def run(tmp_path: Path) -> Path:
    launches = tuple(records.launch_plan(host=n, instance_type=f"c{n}.large") for n in (2, 1))
    record_files.write(tmp_path, records.preflight(launches=launches))
    return tmp_path


def test_a_host_is_called_by_its_number_until_it_has_an_instance(run: Path) -> None:
    waiting = host_labels.of(run, "host-2")
    assert waiting == Label("host-2", "c2.large")
    assert waiting.waits
    launched = records.instance("i-2", host=2, instance_type="c2.large")
    record_files.write(run, records.instances(instances=(launched,)))
    label = host_labels.of(run, "host-2")
    assert label == host_labels.of(run, "i-2") == Label("i-2", "c2.large", "eu-central-1a")
    assert not label.waits
    assert str(label) == "i-2 c2.large"


def test_the_only_host_of_a_run_needs_no_label(tmp_path: Path) -> None:
    record_files.write(tmp_path, records.preflight())
    record_files.write(tmp_path, records.instances("i-1"))
    assert host_labels.of(tmp_path, "i-1") is None
    assert host_labels.planned(tmp_path) == ()
    assert host_labels.of(tmp_path, "host-1") is None


@pytest.mark.parametrize("host", ["localhost", "i-9", "bench.example.com"])
def test_a_host_that_the_run_does_not_know_has_no_label(run: Path, host: str) -> None:
    assert host_labels.of(run, host) is None


def test_a_run_without_a_readable_plan_has_no_labels(run: Path) -> None:
    assert host_labels.planned(run) == ("host-2", "host-1")
    (run / "preflight.json").write_text("{")
    assert host_labels.planned(run) == host_labels.planned(None) == ()
    assert host_labels.of(run, "host-2") is host_labels.of(None, "host-2") is None


def test_a_sentence_names_the_host_once() -> None:
    label = Label("i-1", "c8g.2xlarge", "eu-central-1a")
    assert label.told("The build failed.") == "i-1 (c8g.2xlarge): The build failed."
    assert label.told("i-1 does not answer.") == "i-1 (c8g.2xlarge) does not answer."
    assert label.told("i-1 is gone: x. Start a new run. Its log is kept.") == (
        "i-1 (c8g.2xlarge) is gone: x. Its log is kept."
    )
    assert label.told("i-12 does not answer.") == "i-1 (c8g.2xlarge): i-12 does not answer."


def test_what_works_for_a_run_knows_its_hosts_names(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_files.write(run, records.instances(instances=(records.instance("i-2", host=2),)))
    monkeypatch.delenv(events.VARIABLE, raising=False)
    assert host_labels.here("host-2") == "host-2"
    monkeypatch.setenv(events.VARIABLE, str(run))
    assert [host_labels.here(name) for name in ("host-2", "host-1", "i-9")] == ["i-2", "host-1", "i-9"]
