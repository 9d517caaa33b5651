"""Which quota counts a type."""

from __future__ import annotations

import pytest

from benchmarks.aws import quotas


@pytest.mark.parametrize(
    ("instance_type", "code"),
    [
        ("c7i.2xlarge", "L-1216C47A"),
        ("im4gn.large", "L-1216C47A"),
        ("x2gd.medium", "L-7295265B"),
        ("g6.xlarge", "L-DB2E81BA"),
        ("gr6.4xlarge", "L-DB2E81BA"),
        ("p5.48xlarge", "L-417A185B"),
        ("u7i-6tb.112xlarge", "L-43DA4232"),
        ("u-6tb1.metal", "L-43DA4232"),
        ("hpc7a.96xlarge", "L-F7808C92"),
        ("trn1.2xlarge", "L-2C3B7624"),
    ],
)
def test_a_type_is_counted_by_its_familys_quota(instance_type: str, code: str) -> None:
    found = quotas.of(instance_type)
    assert found
    assert found.code == code


@pytest.mark.parametrize(
    ("instance_type", "code"),
    [
        ("c7i.2xlarge", "L-34B43A08"),
        ("im4gn.large", "L-34B43A08"),
        ("dl1.24xlarge", "L-85EED4F7"),
        ("gr6.4xlarge", "L-3819A6DF"),
        ("p4de.24xlarge", "L-7212CCBC"),
        ("p5en.48xlarge", "L-C4BD4855"),
        ("x2gd.medium", "L-E3A00192"),
    ],
)
def test_a_spot_instance_is_counted_by_a_quota_of_its_own(instance_type: str, code: str) -> None:
    found = quotas.of(instance_type, spot=True)
    assert found
    assert found.code == code


@pytest.mark.parametrize("instance_type", ["hpc7a.96xlarge", "u-6tb1.metal", "p9.large", "mac2.metal"])
def test_a_type_without_a_spot_quota_has_none(instance_type: str) -> None:
    assert quotas.of(instance_type, spot=True) is None


def test_a_type_that_takes_a_whole_host_has_none() -> None:
    assert quotas.of("mac2.metal") is None


@pytest.mark.parametrize("every", [quotas.ON_DEMAND, quotas.SPOT])
def test_no_family_is_counted_twice(every: tuple[quotas.Quota, ...]) -> None:
    families = [family for quota in every for family in quota.families]
    assert len(families) == len(set(families))
