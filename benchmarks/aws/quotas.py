"""The quotas on the vCPUs of on-demand instances that an account may run in a region.

https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass


@dataclass(frozen=True)
class Quota:
    """A quota in Service Quotas, and the families of instance types that count against it."""

    code: str
    name: str
    families: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.code} ({self.name})"


# im4gn and is4gen count as I, gr6 as G, u-6tb1 and u7i as High Memory.
QUOTAS = (
    Quota(
        "L-1216C47A",
        "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances",
        ("a", "c", "d", "h", "i", "im", "is", "m", "r", "t", "z"),
    ),
    Quota("L-6E869C2A", "Running On-Demand DL instances", ("dl",)),
    Quota("L-74FC7D96", "Running On-Demand F instances", ("f",)),
    Quota("L-DB2E81BA", "Running On-Demand G and VT instances", ("g", "gr", "vt")),
    Quota("L-43DA4232", "Running On-Demand High Memory instances", ("u",)),
    Quota("L-F7808C92", "Running On-Demand HPC instances", ("hpc",)),
    Quota("L-1945791B", "Running On-Demand Inf instances", ("inf",)),
    Quota("L-417A185B", "Running On-Demand P instances", ("p",)),
    Quota("L-2C3B7624", "Running On-Demand Trn instances", ("trn",)),
    Quota("L-7295265B", "Running On-Demand X instances", ("x",)),
)


def of(instance_type: str) -> Quota | None:
    """The quota that a type counts against; None for unknown families, such as mac, which needs dedicated hosts."""
    family = "".join(itertools.takewhile(str.isalpha, instance_type))
    return next((quota for quota in QUOTAS if family in quota.families), None)
