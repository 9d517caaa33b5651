"""What of this machine's set-up reaches an image: what is needed to fetch, and no secret."""

from __future__ import annotations

import tomllib

import pytest

from sandbox.machines import host_configuration

SECRET = "https://user:hunter2@mirror.example/simple"


def certificate(text: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{text}\n-----END CERTIFICATE-----"


def test_private_authorities_are_told_from_public_ones() -> None:
    bundle = f"{certificate('public')}\n{certificate('private')}\n"
    public = frozenset({"".join(certificate("public").split())})

    files = host_configuration.authorities(bundle, public)

    assert files.pop("authorities/README")
    assert files == {"authorities/host-000.crt": certificate("private") + "\n"}


@pytest.mark.parametrize(
    ("sources", "mirror"),
    [
        ("deb http://mirror.example/debian bookworm main", "http://mirror.example/debian"),
        ("URIs: https://mirror.example/debian/\nSuites: trixie", "https://mirror.example/debian"),
        ("deb http://archive.ubuntu.com/ubuntu noble main", "http://deb.debian.org/debian"),
        ("deb http://user:hunter2@mirror.example/debian trixie main", "http://deb.debian.org/debian"),
        ("", "http://deb.debian.org/debian"),
    ],
)
def test_mirror_is_this_machines_own_where_it_is_debians(sources: str, mirror: str) -> None:
    assert host_configuration.debian_mirror(sources) == mirror


def test_apt_keeps_what_says_how_to_fetch() -> None:
    dump = (
        'APT::Architecture "amd64";\nAcquire::Check-Date "false";\nAcquire::http::Proxy "http://proxy.example:3128";\n'
        f'Acquire::https::Proxy "{SECRET}";\nAcquire::Languages "none";\n'
    )
    assert host_configuration.apt_conf(dump) == (
        'Acquire::Check-Date "false";\nAcquire::http::Proxy "http://proxy.example:3128";\n'
    )


def test_environment_points_to_the_images_bundle_and_holds_no_password() -> None:
    left_out: list[str] = []
    given = {"SSL_CERT_FILE": "/here/ca.pem", "PIP_INDEX_URL": SECRET, "https_proxy": "http://proxy:1", "HOME": "/root"}

    text = host_configuration.environment(given, left_out)

    assert text == 'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt\nhttps_proxy="http://proxy:1"\n'
    assert left_out == ["PIP_INDEX_URL"]


def test_pip_configuration_keeps_its_index_and_drops_passwords_and_local_folders() -> None:
    left_out: list[str] = []
    given = f"[global]\ncert = /here/ca.pem\nindex-url = https://mirror.example\nextra-index-url = {SECRET}\n"

    text = host_configuration.pip_conf(given + "find-links = /opt/wheels\n", left_out)

    assert text == "[global]\ncert = /etc/ssl/certs/ca-certificates.crt\nindex-url = https://mirror.example\n"
    assert left_out == ["pip: extra-index-url"]


def test_cargo_configuration_keeps_registries_and_drops_tokens() -> None:
    left_out: list[str] = []
    given = """
        [build]
        jobs = 3
        [http]
        cainfo = "/here/ca.pem"
        multiplexing = false
        [source.crates-io]
        replace-with = "mirror"
        [registries.mirror]
        index = "sparse+https://mirror.example/"
        token = "hunter2"
    """

    kept = tomllib.loads(host_configuration.cargo_toml(given, left_out))

    assert kept == {
        "http": {"cainfo": "/etc/ssl/certs/ca-certificates.crt", "multiplexing": False},
        "source": {"crates-io": {"replace-with": "mirror"}},
        "registries": {"mirror": {"index": "sparse+https://mirror.example/"}},
    }
    assert left_out == ["cargo: registries.mirror.token"]


def test_configuration_of_this_machine_changes_the_image_only_when_it_changes() -> None:
    assert host_configuration.read().digest() == host_configuration.read().digest()
