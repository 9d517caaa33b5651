"""What bench.types prints, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.cli import types_command
from benchmarks.errors import RefusedError
from benchmarks.picker import region_data
from benchmarks.picker.region_data import Data, Source
from benchmarks.picker.selection import Criteria
from tests.support.picker_answers import NOW, data, shown


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Callable[[Data], None]:
    """Sets what is known of the region."""

    def set_known(found: Data) -> None:
        monkeypatch.setattr(region_data, "load", lambda *_arguments, **_options: found)

    set_known(data())
    return set_known


def test_the_table_has_seven_columns_and_says_what_is_hidden_and_how_old_it_is() -> None:
    assert shown(Criteria(cpu=4)) == (
        "Type         Cores  vCPU  Mem GiB  Arch    $/h on demand  $/core-h\n"
        "c6i.2xlarge      4     8       16  x86_64         0.3400    0.0850\n"
        "c8a.2xlarge      8     8       16  x86_64         0.4300    0.0537\n"
        "\n"
        "2 of the 4 instance types in eu-north-1 fit.\n"
        "Hidden, though they fit: 1 burstable type (--burstable), 1 type with GPUs (--gpu), "
        "1 type of previous generations (--all).\n"
        "Fetched: instance types 3 h ago (2026-05-19), zones 3 h ago (2026-05-19), on-demand prices 3 h ago "
        "(2026-05-19), spot prices 3 h ago (2026-05-19). To ask AWS again: --refresh.\n"
        "To run on the best fit: ./inv bench -i x\n"
    )


@pytest.mark.usefixtures("known")
def test_a_request_is_answered_in_the_format_that_it_names(capsys: pytest.CaptureFixture[str]) -> None:
    types_command.run({"region": "eu-north-1", "cpu": 4, "format": "names"})
    assert capsys.readouterr() == ("c6i.2xlarge\nc8a.2xlarge\n", "")


def test_what_aws_did_not_answer_stands_beside_what_programs_read(
    known: Callable[[Data], None], capsys: pytest.CaptureFixture[str]
) -> None:
    known(data(prices=Source(NOW - timedelta(days=2), "No AWS credentials were found.")))
    types_command.run({"region": "eu-north-1", "cpu": 8, "format": "names"})
    output = capsys.readouterr()
    assert output.out == "c8a.2xlarge\n"
    assert output.err.startswith("From the cache, since AWS did not answer: on-demand prices of 2026-05-17")


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("output", ["table", "names", "json"])
def test_a_request_that_no_type_fits_is_refused_with_the_nearest_miss(output: str) -> None:
    with pytest.raises(RefusedError, match=r"^None of the 4 instance types in eu-north-1 fits: .* is c8a\.2xlarge"):
        types_command.run({"region": "eu-north-1", "cpu": 9, "format": output})


@pytest.mark.usefixtures("known")
def test_an_answer_is_kept_where_a_run_is_named(tmp_path: Path) -> None:
    types_command.run({"region": "eu-north-1", "cpu": 4, "run_id": "r1", "runs_dir": str(tmp_path)})
    kept = json.loads((tmp_path / "r1/instance_types.json").read_text())
    assert (kept["best"], kept["request"]["cpu"]) == ("c6i.2xlarge", 4)


@pytest.mark.usefixtures("known")
def test_the_region_is_repeated_in_the_next_command_only_where_it_was_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    types_command.run({"region": "eu-north-1", "cpu": 4})
    assert capsys.readouterr().out.endswith("./inv bench -i c6i.2xlarge --region eu-north-1\n")
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    types_command.run({"cpu": 4})
    assert capsys.readouterr().out.endswith("./inv bench -i c6i.2xlarge\n")
