"""The images that the sandbox adds to those that are there."""

from __future__ import annotations

import pytest

from sandbox.aws.ec2 import amis
from sandbox.aws.ec2.launch_checks import IMAGE_ID
from tests.support.wire_endpoint import Endpoint


def test_debian_is_there_for_each_architecture_in_an_older_and_a_newer_build() -> None:
    debian = [image for image in amis.catalog("123456789012") if image.owner_id == amis.DEBIAN_OWNER]
    for architecture in ("x86_64", "arm64"):
        builds = [image.created for image in debian if image.architecture == architecture]
        assert len(set(builds)) == 2
    assert all(image.public for image in debian)


def test_the_image_with_a_compiler_is_the_accounts_own() -> None:
    (own,) = [image for image in amis.catalog("123456789012") if image.name.startswith(amis.RUST_PREFIX)]
    assert (own.owner_id, own.public) == ("123456789012", False)


def test_an_image_has_another_id_in_each_region_and_always_the_same() -> None:
    first, second, *_ = amis.catalog("123456789012")
    ids = {first.identifier("us-east-1"), first.identifier("eu-north-1"), second.identifier("us-east-1")}
    assert len(ids) == 3
    assert all(IMAGE_ID.fullmatch(id) for id in ids)
    assert first.identifier("us-east-1") in ids


@pytest.mark.parametrize(
    ("name", "platform", "operation"),
    [
        ("debian-13-amd64-*", "Linux/UNIX", "RunInstances"),
        ("RHEL-*", "Red Hat Enterprise Linux", "RunInstances:0010"),
        ("suse-sles-*", "SUSE Linux", "RunInstances:000g"),
    ],
)
def test_an_image_tells_how_it_is_billed(endpoint: Endpoint, name: str, platform: str, operation: str) -> None:
    found = endpoint.client("ec2").describe_images(Filters=[{"Name": "name", "Values": [name]}])["Images"]
    assert found
    assert {(one["PlatformDetails"], one["UsageOperation"]) for one in found} == {(platform, operation)}
