"""What an instance is told at its first boot."""

from __future__ import annotations

import base64

import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.launch import cloud_init

# EC2 takes 16 KB: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
LIMIT = 16 * 1024


@given(st.text(), st.text(), st.text(), st.integers(1, 10**6))
def test_keys_arrive_as_they_are_whatever_their_text(login: str, private: str, public: str, lifetime: int) -> None:
    text = cloud_init.cloud_config(login, private, public, lifetime)
    assert text.startswith("#cloud-config\n")
    config = yaml.safe_load(text)
    assert config["ssh_keys"] == {"ed25519_private": private, "ed25519_public": public}
    assert config["users"][1]["ssh_authorized_keys"] == [login]


def test_the_login_user_has_a_name_of_its_own_and_no_password() -> None:
    config = yaml.safe_load(cloud_init.cloud_config("a", "b", "c", 1))
    default, own = config["users"]
    assert (default, own["name"], own["lock_passwd"]) == ("default", "benchmarks", True)
    assert (config["ssh_pwauth"], config["disable_root"], config["ssh_deletekeys"]) == (False, True, True)


def test_the_instance_switches_itself_off_at_every_boot() -> None:
    (file,) = yaml.safe_load(cloud_init.cloud_config("a", "b", "c", 240))["write_files"]
    assert file["path"].startswith("/var/lib/cloud/scripts/per-boot/")
    assert file["permissions"] == "0755"
    assert file["content"] == "#!/bin/sh\nexec shutdown -P +240\n"


def test_the_largest_usual_keys_fit_into_what_ec2_takes() -> None:
    rsa_8192, ed25519 = "ssh-rsa " + "A" * 1420, "A" * 500
    assert len(base64.b64encode(cloud_init.cloud_config(rsa_8192, ed25519, ed25519, 1).encode())) < LIMIT
