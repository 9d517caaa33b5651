"""The partitions of AWS (commercial, China, GovCloud, …), from botocore's own data, without a call to AWS.

A partition has endpoints, credentials and price lists of its own:
https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""

from __future__ import annotations

from functools import cache
from typing import Any

COMMERCIAL = "aws"


@cache
def _session() -> Any:
    # Imported here because many commands do not need AWS.
    import botocore.session

    return botocore.session.Session()


def of(region: str) -> str:
    """The partition of a region; that of the commercial regions if botocore cannot tell, as for its endpoints."""
    import botocore.exceptions

    try:
        return str(_session().get_partition_for_region(region))
    except botocore.exceptions.UnknownRegionError:
        return COMMERCIAL


def regions_of(service: str, partition: str) -> tuple[str, ...]:
    """The regions of a partition that have an endpoint of a service, sorted; empty if none has."""
    return tuple(sorted(_session().get_available_regions(service, partition)))


def main_region(partition: str) -> str | None:
    """The region of a partition that is enabled in every account, such as us-east-1; None if botocore has none."""
    known = _session().get_component("data_loader").load_data("partitions")["partitions"]
    return next((str(one["outputs"]["implicitGlobalRegion"]) for one in known if one["id"] == partition), None)
