"""Whether EC2 itself answers at a URL, or something else, such as the sandbox."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

# Below the domain of a partition: the public, dual-stack and FIPS endpoints, which AWS lists at
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-endpoints.html (some clients write the region first), and the
# names of a VPC's own endpoints for EC2: https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html
# Customers have names below these domains too, for instances, load balancers and their own endpoint services.
_EC2 = r"ec2(-fips)?(\.[a-z0-9-]+)?|[a-z0-9-]+\.ec2|vpce-[a-z0-9-]+\.ec2(-fips)?\.[a-z0-9-]+\.vpce"


def is_aws(url: str) -> bool:
    """Whether a URL is one of AWS's own endpoints for EC2, in any partition."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    return any(re.fullmatch(rf"(?:{_EC2})\.{re.escape(domain)}", host) for domain in _domains())


def unless_aws(url: str) -> str | None:
    """The URL of an endpoint that is not AWS's own, without a user name or password that is part of it; else None."""
    if is_aws(url):
        return None
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@cache
def _domains() -> frozenset[str]:
    """The domains of all partitions' endpoints, from botocore's data."""
    import botocore.loaders

    partitions = botocore.loaders.create_loader().load_data("partitions")["partitions"]
    return frozenset(one["outputs"][name] for one in partitions for name in ("dnsSuffix", "dualStackDnsSuffix"))
