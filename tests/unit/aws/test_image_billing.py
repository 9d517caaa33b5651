"""What EC2 bills an image's instances as."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.aws import image_billing
from benchmarks.aws.image_billing import LINUX, Billed
from benchmarks.aws.optional_answers import UnknownError
from tests.support.launch_account import image

RHEL = {"PlatformDetails": "Red Hat Enterprise Linux", "UsageOperation": "RunInstances:0010"}
PRO = {"PlatformDetails": "Ubuntu Pro", "UsageOperation": "RunInstances:0g00"}
SQL = {"PlatformDetails": "SQL Server Standard", "UsageOperation": "RunInstances:0004"}


@pytest.mark.parametrize(
    ("told", "licensed"),
    [
        ({}, None),
        ({"PlatformDetails": "Linux/UNIX", "UsageOperation": "RunInstances"}, None),
        (RHEL, "Red Hat Enterprise Linux"),
        (PRO, "Ubuntu Pro"),
        (SQL, "SQL Server Standard"),
        ({"UsageOperation": "RunInstances:000g"}, "RunInstances:000g"),
    ],
)
def test_another_operation_than_that_of_linux_is_a_licence(told: dict[str, Any], licensed: str | None) -> None:
    assert image_billing.of({**image(), **told}).licensed_platform == licensed


def test_platforms_of_the_spot_market_are_known_by_their_names() -> None:
    assert LINUX.spot_platform == "Linux/UNIX"
    assert image_billing.of(RHEL).spot_platform == "Red Hat Enterprise Linux"
    with pytest.raises(UnknownError, match=r"^EC2 lists no spot prices for Ubuntu Pro, the platform of the image$"):
        _ = image_billing.of(PRO).spot_platform


def test_an_image_with_a_product_code_has_a_fee_that_no_list_has() -> None:
    sold = image_billing.of({**image(), "ProductCodes": [{"ProductCodeId": "abc", "ProductCodeType": "marketplace"}]})
    with pytest.raises(UnknownError) as unknown:
        image_billing.check_listed(sold)
    assert str(unknown.value) == (
        "the image has a fee of its own (product code abc), which AWS's lists of prices do not have"
    )
    image_billing.check_listed(image_billing.of({**image(), "ProductCodes": []}))
    image_billing.check_listed(Billed())
