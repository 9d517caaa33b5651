"""What EC2 bills an instance as, which its image decides: Linux without a licence, or one with a fee of its own.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
"""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import AwsShape

_LINUX, _RUN = "Linux/UNIX", "RunInstances"
# The platforms whose spot prices EC2 lists:
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
_ON_THE_SPOT_MARKET = frozenset({_LINUX, "Red Hat Enterprise Linux", "SUSE Linux", "Windows"})


@dataclass(frozen=True)
class Billed:
    """The platform and the operation that an image's instances are billed by, in EC2's words."""

    platform: str = _LINUX
    operation: str = _RUN  # also an attribute of products in the AWS Price List
    products: tuple[str, ...] = ()  # product codes, whose owners take a fee besides AWS

    @property
    def licensed_platform(self) -> str | None:
        """The platform, None for Linux without a licence."""
        return None if self.operation == _RUN else self.platform

    @property
    def spot_platform(self) -> str:
        """The platform as spot prices are listed by. Raises UnknownError if they are not."""
        name = self.licensed_platform or _LINUX
        if name not in _ON_THE_SPOT_MARKET:
            raise UnknownError(f"EC2 lists no spot prices for {name}, the platform of the image")
        return name


LINUX = Billed()


def of(image: AwsShape) -> Billed:
    """How an image from DescribeImages, or an instance from DescribeInstances, is billed; as plain Linux by default."""
    operation = image.get("UsageOperation") or _RUN
    return Billed(
        platform=image.get("PlatformDetails") or (_LINUX if operation == _RUN else operation),
        operation=operation,
        products=tuple(one["ProductCodeId"] for one in image.get("ProductCodes") or () if one.get("ProductCodeId")),
    )


def check_listed(billed: Billed) -> None:
    """Raises UnknownError for an image with a product code: its fee is in no list of AWS's prices.

    https://docs.aws.amazon.com/marketplace/latest/buyerguide/buyer-ami-subscriptions.html
    """
    if billed.products:
        raise UnknownError(
            f"the image has a fee of its own (product code {', '.join(billed.products)}), which AWS's lists of prices "
            "do not have"
        )
