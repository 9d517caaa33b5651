"""Finds the price of a launch, and checks it against the ceiling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from benchmarks import text
from benchmarks.aws import cpu_credits, image_billing, prices, spot_prices
from benchmarks.aws.image_billing import Billed
from benchmarks.aws.launch_templates import Template
from benchmarks.aws.optional_answers import UnknownError
from benchmarks.aws.session import AwsShape, Connect
from benchmarks.errors import RefusedError
from benchmarks.launch import cost
from benchmarks.launch.boot_times import Lasting
from benchmarks.runs.records import LaunchPlan, Place, Price


@dataclass(frozen=True)
class Quote:
    """The hourly price of a launch, or why it is not known, as the part of a sentence after a colon.

    `credits` is the most that CPU credits may add to it; both None if nothing is charged for them.
    """

    price: Price | None
    unknown: str | None = None
    credits: Price | None = None
    credits_unknown: str | None = None
    warnings: tuple[str, ...] = ()


def find(
    connect: Connect,
    region: str,
    type_info: AwsShape,
    image: AwsShape,
    template: Template,
    places: Sequence[Place],
    ceiling: float | None,
) -> Quote:
    """The hourly price of a type with an image, on demand or, if the template asks for it, on the spot market.

    `type_info` and `image` are from DescribeInstanceTypes and DescribeImages. Raises RefusedError if the price with all
    that CPU credits may add is above `ceiling` (USD), or not known to be within it.
    """
    spot, name, billed = template.spot, type_info["InstanceType"], image_billing.of(image)
    try:
        _check_market(template)
        if spot is None:
            price = prices.of_type(connect, region, name, template.tenancy, billed)
        else:
            _check_shared(template)
            price = _spot(connect, region, name, spot, places, billed)
    except UnknownError as error:
        if ceiling is None:
            return Quote(None, str(error))
        raise _unchecked(error) from None
    credits, credits_unknown = None, None
    if cpu_credits.may_be_charged(template, type_info):
        try:
            credits = cpu_credits.most_an_hour(connect, region, type_info)
        except UnknownError as error:
            if ceiling is not None:
                raise _unchecked(error) from None
            credits_unknown = str(error)
    _check_price(name, price, credits, ceiling)
    warnings = tuple(_spot_warnings(name, price, credits, ceiling)) if spot is not None else ()
    return Quote(price, None, credits, credits_unknown, warnings)


def _unchecked(error: UnknownError) -> RefusedError:
    return RefusedError(
        f"The price cannot be checked against max_price: {error}. Leave max_price out to run without it."
    )


def _check_price(name: str, price: Price, credits: Price | None, ceiling: float | None) -> None:
    if ceiling is None or round(price.usd_per_hour + _hourly(credits), 6) <= ceiling:
        return
    extra = f", and up to ${credits.usd_per_hour:.4g} for CPU credits" if credits else ""
    raise RefusedError(
        f"{name} costs ${price.usd_per_hour:.4g} an hour{extra}, more than the max_price of ${ceiling:.4g}: "
        "raise max_price, or choose a cheaper type."
    )


def _hourly(credits: Price | None) -> float:
    return credits.usd_per_hour if credits else 0.0


def _check_market(template: Template) -> None:
    """Raises UnknownError for a market, such as Capacity Blocks, that the lists of prices do not cover.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-blocks-pricing-billing.html
    """
    if template.market not in (None, "spot"):
        raise UnknownError(f"AWS lists no prices of the market {template.market}, for which the launch template asks")


def _check_shared(template: Template) -> None:
    """Raises UnknownError for a tenancy whose spot prices EC2 does not list.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotPriceHistory.html
    """
    if template.tenancy != "default":
        raise UnknownError("EC2 lists spot prices for shared hardware only, and the launch template asks for its own")


def _spot(
    connect: Connect, region: str, name: str, options: AwsShape, places: Sequence[Place], billed: Billed
) -> Price:
    zones = {place.zone for place in places if place.zone}
    maximum = _maximum(options)
    price = spot_prices.dearest(connect("ec2"), name, zones, maximum, billed)
    most = maximum if maximum is not None else _on_demand(connect, region, name, billed)
    return replace(price, usd_per_hour_at_most=most)


def _maximum(options: AwsShape) -> float | None:
    try:
        return float(options["MaxPrice"])
    except (KeyError, TypeError, ValueError):
        return None


def _on_demand(connect: Connect, region: str, name: str, billed: Billed) -> float | None:
    """What an hour on the spot market may come to cost, in USD; None if that is not known.

    Without a maximum of its own, a request has the on-demand price for one:
    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-instances.html
    """
    try:
        return prices.of_type(connect, region, name, "default", billed).usd_per_hour
    except UnknownError:
        return None


def _spot_warnings(name: str, price: Price, credits: Price | None, ceiling: float | None) -> Iterator[str]:
    most = price.usd_per_hour_at_most
    if ceiling is not None and most is not None and round(most + _hourly(credits), 6) <= ceiling:
        return
    limit = "by an unknown amount" if most is None else f"to ${most:.4g}"
    yield (
        f"{name} is a spot instance here: it costs ${price.usd_per_hour:.4g} an hour now, which may rise {limit} while "
        f"it runs, and EC2 may take it back."
    )


def check_cost(lasting: Sequence[Lasting], ceiling: float | None) -> None:
    """Raises RefusedError if launches may cost more than `ceiling` (USD), or an unknown amount."""
    if ceiling is None:
        return
    most = cost.at_most(lasting)
    if most is None:
        launch = next(one[0] for one in lasting if cost.at_most([one]) is None)
        why = launch.price_unknown or launch.cpu_credits_unknown or _unlimited(launch)
        raise RefusedError(f"The cost cannot be checked against max_cost: {why}. Leave max_cost out to run without it.")
    # To the millionth, since products of prices and hours are not exact.
    if round(most, 6) > ceiling:
        raise RefusedError(
            f"The run may cost {cost.cents(most)}, more than the max_cost of ${ceiling:.4g}, if {_each(lasting)} "
            f"lasts for all of its {_times(lasting)}: lower time_limit or build_limit, or choose {_less(lasting)}."
        )


def _each(lasting: Sequence[Lasting]) -> str:
    return "it" if len(lasting) == 1 else "each instance"


def _times(lasting: Sequence[Lasting]) -> str:
    return " or ".join(text.hours(minutes) for minutes in sorted({minutes for _, minutes in lasting}))


def _less(lasting: Sequence[Lasting]) -> str:
    return "a cheaper type" if len(lasting) == 1 else "cheaper types or fewer instances"


def _unlimited(launch: LaunchPlan) -> str:
    if launch.tenancy != "default":
        return "AWS charges a fee for dedicated hardware besides the price of the instance"
    return "its spot price has no known limit"
