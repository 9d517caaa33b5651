"""Cores of an instance type, and what EC2 is asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.aws import cpu_cores
from benchmarks.aws.cpu_cores import Cores
from benchmarks.errors import RefusedError


def info(cores: int, threads: int = 2, valid: list[int] | None = None, name: str = "c7i.2xlarge") -> dict[str, Any]:
    options = {} if valid is None else {"ValidCores": valid, "ValidThreadsPerCore": list(range(1, threads + 1))}
    numbers = {"DefaultVCpus": cores * threads, "DefaultCores": cores, "DefaultThreadsPerCore": threads}
    return {"InstanceType": name, "VCpuInfo": {**numbers, **options}, "MemoryInfo": {"SizeInMiB": 16384}}


@pytest.mark.parametrize("wanted", [None, 4])
def test_the_types_own_number_of_cores_asks_for_no_options(wanted: int | None) -> None:
    assert cpu_cores.cores(info(4, valid=[1, 2, 4]), wanted) == Cores(4, 2, None)


def test_fewer_cores_run_one_thread_each() -> None:
    assert cpu_cores.cores(info(4, valid=[1, 2, 4]), 2) == Cores(2, 1, {"CoreCount": 2, "ThreadsPerCore": 1})


def test_a_type_without_threads_counts_vcpus_as_cores() -> None:
    assert cpu_cores.cores(info(8, threads=1, valid=[2, 4, 8], name="c8a.2xlarge"), 8) == Cores(8, 1, None)


def test_old_types_that_do_not_tell_their_cores_have_as_many_as_vcpus() -> None:
    old = {"InstanceType": "m1.small", "VCpuInfo": {"DefaultVCpus": 1}}
    assert cpu_cores.cores(old, None) == Cores(1, 1, None)


@pytest.mark.parametrize(
    ("wanted", "valid", "sentence"),
    [
        (3, [1, 2, 4], "c7i.2xlarge cannot run with 3 cores: EC2 offers 1, 2 or 4. Use --cpu 2 or --cpu 4."),
        (9, [1, 2, 4], "c7i.2xlarge cannot run with 9 cores: EC2 offers 1, 2 or 4. Use --cpu 2 or --cpu 4."),
        (2, None, "c7i.2xlarge cannot run with 2 cores: it always has 4. Use --cpu 4, or leave cpu out."),
        (2, [4], "c7i.2xlarge cannot run with 2 cores: it always has 4. Use --cpu 4, or leave cpu out."),
    ],
)
def test_a_number_that_the_type_has_not_is_refused_with_those_it_has(
    wanted: int, valid: list[int] | None, sentence: str
) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        cpu_cores.cores(info(4, valid=valid), wanted)


BOTH = {"CoreCount": 2, "ThreadsPerCore": 1}


@pytest.mark.parametrize(
    ("wanted", "of_template", "has"),
    [
        (None, {}, Cores(4, 2, None)),
        (None, BOTH, Cores(2, 1, None)),
        (None, {"CoreCount": 4, "ThreadsPerCore": 1}, Cores(4, 1, None)),
        # EC2 takes only both together.
        (None, {"CoreCount": 2}, Cores(2, 2, {"CoreCount": 2, "ThreadsPerCore": 2})),
        (None, {"ThreadsPerCore": 1}, Cores(4, 1, {"CoreCount": 4, "ThreadsPerCore": 1})),
        (None, {"AmdSevSnp": "enabled"}, Cores(4, 2, None)),
        (4, BOTH, Cores(4, 2, {"CoreCount": 4, "ThreadsPerCore": 2})),
        (4, {"CoreCount": 4, "ThreadsPerCore": 1}, Cores(4, 2, {"CoreCount": 4, "ThreadsPerCore": 2})),
        (4, {"CoreCount": 4, "ThreadsPerCore": 2}, Cores(4, 2, None)),
        (2, {"CoreCount": 2, "ThreadsPerCore": 2}, Cores(2, 1, BOTH)),
        (1, BOTH, Cores(1, 1, {"CoreCount": 1, "ThreadsPerCore": 1})),
        (2, {"AmdSevSnp": "enabled"}, Cores(2, 1, {"AmdSevSnp": "enabled", **BOTH})),
        (
            4,
            {"AmdSevSnp": "enabled", **BOTH},
            Cores(4, 2, {"AmdSevSnp": "enabled", "CoreCount": 4, "ThreadsPerCore": 2}),
        ),
        # A number that the type has not is harmless beside one that it has.
        (2, {"CoreCount": 3, "ThreadsPerCore": 1}, Cores(2, 1, BOTH)),
    ],
)
def test_a_templates_options_hold_unless_a_number_is_asked_for(
    wanted: int | None, of_template: dict[str, Any], has: Cores
) -> None:
    assert cpu_cores.cores(info(4, valid=[1, 2, 4]), wanted, of_template) == has


@pytest.mark.parametrize(
    ("valid", "of_template", "sentence"),
    [
        (
            [1, 2, 4],
            {"CoreCount": 3, "ThreadsPerCore": 1},
            "c7i.2xlarge cannot run with the 3 cores that the launch template sets: EC2 offers 1, 2 or 4. Give one of "
            "these by --cpu, or change the template.",
        ),
        (
            [1, 2, 4],
            {"CoreCount": 2, "ThreadsPerCore": 4},
            "c7i.2xlarge cannot run with the 4 threads per core that the launch template sets: EC2 offers 1 or 2. Give "
            "the cores by --cpu, or change the template.",
        ),
        (
            None,
            BOTH,
            "c7i.2xlarge always has 4 cores and takes no CPU options, but the launch template sets some: leave "
            "CpuOptions out of it, or choose another type.",
        ),
    ],
)
def test_a_templates_options_that_the_type_has_not_are_refused(
    valid: list[int] | None, of_template: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        cpu_cores.cores(info(4, valid=valid), None, of_template)


@given(st.integers(1, 200), st.lists(st.integers(1, 96), min_size=1, max_size=8, unique=True))
def test_what_is_granted_is_what_was_asked_and_what_is_suggested_is_granted(wanted: int, offered: list[int]) -> None:
    machine = info(max(offered), valid=sorted(offered))
    try:
        assert cpu_cores.cores(machine, wanted).count == wanted
        assert wanted in offered
    except RefusedError as error:
        assert wanted not in offered
        for suggested in re.findall(r"--cpu (\d+)", str(error)):
            assert cpu_cores.cores(machine, int(suggested)).count == int(suggested)


@pytest.mark.parametrize("wanted", [None, 1, 16384])
def test_enough_memory_is_told(wanted: int | None) -> None:
    assert cpu_cores.check_memory(info(4), wanted) == 16384


def test_less_memory_than_asked_for_is_refused() -> None:
    with pytest.raises(RefusedError) as refused:
        cpu_cores.check_memory(info(4), 20000)
    assert str(refused.value) == (
        "c7i.2xlarge has 16384 MiB of memory, less than the 20000 asked for: ./inv bench --memory 20000 lists the "
        "types that fit."
    )


def test_a_template_with_one_option_of_two_is_completed_also_for_the_default() -> None:
    found = cpu_cores.cores(info(4, valid=[2, 4]), 4, {"CoreCount": 4})
    assert found.options == {"CoreCount": 4, "ThreadsPerCore": found.threads_per_core}
