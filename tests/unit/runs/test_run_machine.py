"""A run id stands for one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.errors import RefusedError
from benchmarks.runs import run_machine, ssh_keys
from tests.support.benchmark_request import parameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("instance_type", "c7a.large"),
        ("cpu", 1),
        ("ami", "ami-2"),
        ("subnet", "subnet-2"),
        ("launch_template", "mine"),
        ("region", "eu-west-1"),
    ],
)
def test_another_machine_is_refused_with_what_differs(tmp_path: Path, name: str, value: Any) -> None:
    run_machine.record_machine(tmp_path / "r1", parameters())
    with pytest.raises(RefusedError) as refused:
        run_machine.check_machine(tmp_path / "r1", parameters(**{name: value}))
    was = parameters()[name]
    told = "not given" if was is None else was
    assert str(refused.value) == (
        f"The run r1 has another machine: {name} {told}, not {value}. "
        f"Give the same, or leave run_id out to start a new run."
    )


def test_a_host_and_another_key_are_another_machine_and_another_bucket_is_not(tmp_path: Path) -> None:
    first, second = (ssh_keys.persistent_pair(tmp_path / name) for name in ("first", "second"))
    run_machine.record_machine(tmp_path / "r1", parameters(key_file=str(first.file)))
    # The same key may be found in another place, as in a container.
    first.file.rename(tmp_path / "moved")
    run_machine.check_machine(tmp_path / "r1", parameters(key_file=str(tmp_path / "moved")))
    for other in ({"key_file": str(second.file)}, {"host": "me@192.0.2.7", "key_file": str(tmp_path / "moved")}):
        with pytest.raises(RefusedError, match=r"^The run r1 has another machine: (key ssh-|host not given, not me@)"):
            run_machine.check_machine(tmp_path / "r1", parameters(**other))
    run_machine.record_machine(tmp_path / "r2", parameters(host="me@192.0.2.7", region=None))
    run_machine.check_machine(tmp_path / "r2", parameters(host="me@192.0.2.7", bucket="mine"))


def test_the_same_machine_and_another_measurement_are_not(tmp_path: Path) -> None:
    run_machine.check_machine(tmp_path / "new", parameters())
    run_machine.record_machine(tmp_path / "r1", parameters())
    run_machine.check_machine(tmp_path / "r1", parameters(suite="plonky2-quick", rustflags="-O", keep=True, memory=1))


@pytest.mark.parametrize("content", ["[]", "5", '{"region": "eu-central-1"}'])
def test_a_damaged_record_of_the_machine_is_as_good_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "machine.json").write_text(content)
    run_machine.check_machine(tmp_path, parameters())
