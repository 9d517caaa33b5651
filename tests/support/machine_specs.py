"""A machine as a launch describes it, and where it is found."""

from __future__ import annotations

from sandbox.machine import Addresses, MachineSpec

SPEC = MachineSpec(
    instance_id="i-1",
    instance_type="c7i.large",
    region="us-east-1",
    availability_zone="us-east-1a",
    ami_id="ami-1",
    image="default",
    architecture="x86_64",
    cores=1,
    threads_per_core=2,
    memory_mib=4096,
    user_data=b"#cloud-config\n",
    public_keys=("ssh-ed25519 AAAA me",),
    http_tokens="required",
    http_hop_limit=1,
    instance_metadata_tags=False,
    role_name=None,
    profile_arn=None,
    security_groups=("one", "two"),
    ssh_open=True,
    shutdown_behavior="terminate",
    tags=(("colour", "blue"),),
)
ADDRESSES = Addresses(
    public_ip="127.0.2.1",
    private_ip="10.231.0.2",
    public_dns="ec2-127-0-2-1.compute-1.amazonaws.com",
    private_dns="ip-10-231-0-2.ec2.internal",
)
