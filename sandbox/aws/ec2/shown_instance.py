"""An instance as DescribeInstances and RunInstances show it. Pure."""

from __future__ import annotations

from typing import Any


def tidy(instance: dict[str, Any]) -> dict[str, Any]:
    """An instance as EC2 shows it; moto shows empty elements, and values that a terminated instance no longer has.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    """
    reason = instance.get("StateReason")
    if reason and not reason.get("Code"):
        del instance["StateReason"]
    if not instance.get("HibernationOptions"):
        instance["HibernationOptions"] = {"Configured": False}
    instance.setdefault("PublicDnsName", "")
    for interface in instance.get("NetworkInterfaces", []):
        _name_publicly(interface, instance["PublicDnsName"])
    if instance.get("State", {}).get("Name") == "terminated":
        instance["NetworkInterfaces"] = []
        instance["SecurityGroups"] = []
        instance["PrivateDnsName"] = instance["PublicDnsName"] = ""
        for name in ("PrivateIpAddress", "PublicIpAddress", "SubnetId", "VpcId"):
            instance.pop(name, None)
    return instance


def _name_publicly(interface: dict[str, Any], public_dns: str) -> None:
    """Correct the DNS name: moto gives a public address a private one."""
    for holder in (interface, *interface.get("PrivateIpAddresses", ())):
        if holder.get("Association"):
            holder["Association"]["PublicDnsName"] = public_dns
        else:
            holder.pop("Association", None)
