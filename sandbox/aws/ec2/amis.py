"""The AMIs that the sandbox adds to moto's: Debian 13 as Debian publishes it, and one with a compiler baked in. Pure.

https://wiki.debian.org/Cloud/AmazonEC2Image/Trixie: owner 136693071363, names debian-13-<architecture>-<date>-<build>,
login user admin. Debian's images are EBS-backed with root device /dev/xvda, and declare ENA and "imds-support v2.0".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

DEBIAN_OWNER = "136693071363"
# Date and build of the Debian images shown; an older and a newer one, so that callers must choose the newest.
DEBIAN_BUILDS = (("20250814", "2204"), ("20251006", "2257"))
ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
RUST_PREFIX = "sandbox-rust-"
RUST_BUILD = ("20251006", "2257")
ROOT_GIB = 8


@dataclass(frozen=True)
class Image:
    """An AMI that exists in every region."""

    name: str
    description: str
    owner_id: str
    architecture: str
    created: datetime
    public: bool

    def identifier(self, region: str) -> str:
        """The AMI's id in a region: different in each region, and always the same."""
        return "ami-0" + hashlib.sha256(f"{region}/{self.name}".encode()).hexdigest()[:16]


def catalog(account_id: str) -> Iterable[Image]:
    """All AMIs that an account sees."""
    for date, build in DEBIAN_BUILDS:
        for name, architecture in ARCHITECTURES.items():
            yield Image(
                name=f"debian-13-{name}-{date}-{build}",
                description=f"Debian 13 ({date}-{build})",
                owner_id=DEBIAN_OWNER,
                architecture=architecture,
                created=datetime.strptime(date, "%Y%m%d"),
                public=True,
            )
    date, build = RUST_BUILD
    yield Image(
        name=f"{RUST_PREFIX}amd64-{date}-{build}",
        description="Debian 13 with cargo, rustc, gcc and make, of this sandbox only",
        owner_id=account_id,
        architecture="x86_64",
        created=datetime.strptime(date, "%Y%m%d"),
        public=False,
    )


def billed_as(name: str) -> tuple[str, str]:
    """PlatformDetails and UsageOperation of an image, by its name, since moto has no others to tell.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/billing-info-fields.html
    """
    licences = {
        "rhel": ("Red Hat Enterprise Linux", "RunInstances:0010"),
        "suse-sles": ("SUSE Linux", "RunInstances:000g"),
        "windows": ("Windows", "RunInstances:0002"),
    }
    found = (billed for begin, billed in licences.items() if name.lower().startswith(begin))
    return next(found, ("Linux/UNIX", "RunInstances"))
