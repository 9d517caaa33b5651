"""An instance's metadata, in the form that server.py reads.

Categories follow https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-metadata.html.
"""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime

from sandbox.machine import Addresses, MachineSpec


def render(
    spec: MachineSpec,
    addresses: Addresses,
    *,
    account_id: str,
    endpoint_port: int,
    pending_since: datetime,
) -> str:
    """The JSON that server.py reads: documents by path, and how to serve them."""
    documents = {f"meta-data/{path}": text for path, text in _metadata(spec, addresses).items()}
    documents["dynamic/instance-identity/document"] = json.dumps(
        _identity(spec, addresses, account_id, pending_since), indent=2
    )
    return json.dumps(
        {
            "http_tokens": spec.http_tokens,
            "hop_limit": spec.http_hop_limit,
            "ssh_open": spec.ssh_open,
            "endpoint_port": endpoint_port,
            "role": spec.role_name,
            "endpoint_path": f"/_sandbox/instance/{spec.instance_id}",
            "user_data": base64.b64encode(spec.user_data).decode(),
            "documents": documents,
        }
    )


def _metadata(spec: MachineSpec, addresses: Addresses) -> dict[str, str]:
    mac = mac_address(spec.instance_id)
    documents = {
        "ami-id": spec.ami_id,
        "ami-launch-index": "0",
        "hostname": addresses.private_dns,
        "instance-action": "none",
        "instance-life-cycle": "spot" if spec.spot else "on-demand",
        "instance-id": spec.instance_id,
        "instance-type": spec.instance_type,
        "local-hostname": addresses.private_dns,
        "local-ipv4": addresses.private_ip,
        "mac": mac,
        "placement/availability-zone": spec.availability_zone,
        "placement/region": spec.region,
        "public-hostname": addresses.public_dns,
        "public-ipv4": addresses.public_ip,
        "reservation-id": f"r-{hashlib.sha256(spec.instance_id.encode()).hexdigest()[:17]}",
        "security-groups": "\n".join(spec.security_groups),
        "services/domain": "amazonaws.com",
        "services/partition": "aws",
        f"network/interfaces/macs/{mac}/local-ipv4s": addresses.private_ip,
        f"network/interfaces/macs/{mac}/public-ipv4s": addresses.public_ip,
    }
    for index, key in enumerate(spec.public_keys):
        documents[f"public-keys/{index}/openssh-key"] = f"{key.strip()}\n"
    if spec.instance_metadata_tags:
        documents |= {f"tags/instance/{key}": value for key, value in spec.tags}
    if spec.role_name:
        documents["iam/info"] = json.dumps(
            {"Code": "Success", "InstanceProfileArn": spec.profile_arn, "InstanceProfileId": _profile_id(spec)}
        )
        # Listed only; the credentials come from the endpoint on request.
        documents[f"iam/security-credentials/{spec.role_name}"] = ""
    return documents


def mac_address(instance_id: str) -> str:
    """An address in the locally administered range, always the same for an instance."""
    digits = hashlib.sha256(instance_id.encode()).hexdigest()
    return ":".join(["06", *(digits[index : index + 2] for index in range(0, 10, 2))])


def _profile_id(spec: MachineSpec) -> str:
    return f"AIPA{hashlib.sha256(str(spec.profile_arn).encode()).hexdigest()[:17].upper()}"


def _identity(spec: MachineSpec, addresses: Addresses, account_id: str, since: datetime) -> dict[str, object]:
    """https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html"""
    return {
        "accountId": account_id,
        "architecture": spec.architecture,
        "availabilityZone": spec.availability_zone,
        "billingProducts": None,
        "devpayProductCodes": None,
        "marketplaceProductCodes": None,
        "imageId": spec.ami_id,
        "instanceId": spec.instance_id,
        "instanceType": spec.instance_type,
        "kernelId": None,
        "pendingTime": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "privateIp": addresses.private_ip,
        "ramdiskId": None,
        "region": spec.region,
        "version": "2017-09-30",
    }
