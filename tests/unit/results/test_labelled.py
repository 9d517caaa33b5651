"""How sources are told apart."""

from __future__ import annotations

from benchmarks.results import labelled
from benchmarks.results.labelled import Labelled
from tests.support import result_samples


def source(label: str, run_id: str | None, instance_type: str | None) -> Labelled:
    platform = result_samples.platform(instance_type=instance_type)
    return Labelled(label, result_samples.results(run_id=run_id, platform=platform))


def labels(*sources: Labelled) -> list[str]:
    return [one.label for one in labelled.with_types(sources)]


def test_hosts_of_one_run_that_are_of_several_types_are_called_by_their_type_too() -> None:
    sources = (source("r1/i-1", "r1", "c7i.large"), source("r1/i-2", "r1", "c8g.large"), source("r1/i-3", "r1", None))
    assert labels(*sources) == ["r1/i-1 (c7i.large)", "r1/i-2 (c8g.large)", "r1/i-3"]


def test_hosts_of_one_type_and_runs_of_different_types_keep_their_labels() -> None:
    assert labels(source("r1/i-1", "r1", "c7i.large"), source("r1/i-2", "r1", "c7i.large")) == ["r1/i-1", "r1/i-2"]
    assert labels(source("r1", "r1", "c7i.large"), source("r2", "r2", "c8g.large")) == ["r1", "r2"]
    assert labels(source("a", None, "c7i.large"), source("b", None, "c8g.large")) == ["a", "b"]


def test_a_label_that_has_the_type_already_stays() -> None:
    sources = (source("r1/i-1 (c7i.large)", "r1", "c7i.large"), source("s3://mine/x_c8g.large_r1", "r1", "c8g.large"))
    assert labels(*sources) == ["r1/i-1 (c7i.large)", "s3://mine/x_c8g.large_r1"]
