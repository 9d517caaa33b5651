"""What of this machine's network set-up an image needs: certificates, apt, pip and cargo configuration.

Addresses that carry a user name or password never get into an image; `secrets_left_out` names them.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # Debian's path of the bundle, also inside the image
_DEBIAN_MIRROR = "http://deb.debian.org/debian"
_BUNDLES = (BUNDLE, "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SECRET = re.compile(r"\w+://[^/\s\"']*@")
# Variables that name a bundle; the first one set here is copied into the image.
_BUNDLE_VARIABLES = (
    "SSL_CERT_FILE",
    "CURL_CA_BUNDLE",
    "REQUESTS_CA_BUNDLE",
    "PIP_CERT",
    "CARGO_HTTP_CAINFO",
    "GIT_SSL_CAINFO",
)
_PASSED_VARIABLES = (
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_TRUSTED_HOST",
    "PIP_DEFAULT_TIMEOUT",
    "CARGO_HTTP_MULTIPLEXING",
    "CARGO_NET_RETRY",
    "CARGO_REGISTRIES_CRATES_IO_PROTOCOL",
    "RUSTUP_DIST_SERVER",
    "RUSTUP_UPDATE_ROOT",
)
_APT_KEYS = re.compile(r"Acquire::(Check-Valid-Until|Check-Date|Retries|ForceIPv4|https?::\S+) ")


@dataclass(frozen=True)
class HostConfig:
    """Files for the image's build context, by path under host/, and what was left out of them."""

    files: Mapping[str, str]
    mirror: str
    secrets_left_out: tuple[str, ...]

    def digest(self) -> str:
        """A digest of everything that is copied into the image."""
        text = "\0".join(f"{path}\0{content}" for path, content in sorted(self.files.items()))
        return hashlib.sha256(text.encode()).hexdigest()


def read() -> HostConfig:
    """This machine's configuration."""
    bundle = _bundle(os.environ)
    mirror = debian_mirror(_apt_sources())
    left_out: list[str] = []
    files = {
        "ca-certificates.crt": bundle,
        "debian.sources": debian_sources(mirror),
        "apt.conf": apt_conf(_apt_dump()),
        "environment": environment(os.environ, left_out),
        "pip.conf": pip_conf(_first_text(_pip_files()), left_out),
        "cargo.toml": cargo_toml(_first_text(_cargo_files()), left_out),
        **authorities(bundle, _public_authorities()),
    }
    return HostConfig(files, mirror, tuple(left_out))


def authorities(bundle: str, public: frozenset[str]) -> dict[str, str]:
    """The bundle's private certificates, one per file, as update-ca-certificates expects them."""
    own = [certificate for certificate in _CERTIFICATE.findall(bundle) if _bare(certificate) not in public]
    return {"authorities/README": "Certificate authorities of the machine that built this image.\n"} | {
        f"authorities/host-{number:03}.crt": f"{certificate}\n" for number, certificate in enumerate(own)
    }


def debian_sources(mirror: str) -> str:
    """apt's sources for Debian 13 from that mirror."""
    return (
        f"Types: deb\nURIs: {mirror}\nSuites: trixie trixie-updates\nComponents: main\n"
        "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n"
    )


def debian_mirror(sources: str) -> str:
    """The first Debian mirror in apt's sources; Debian's own if there is none, as on Ubuntu."""
    for uri in re.findall(r"https?://[^\s\]]+", sources):
        if re.search(r"/debian/?$", uri) and not _SECRET.search(uri):
            return str(uri).rstrip("/")
    return _DEBIAN_MIRROR


def apt_conf(dump: str) -> str:
    """The lines of `apt-config dump` about downloading, except those with a password."""
    lines = [line for line in dump.splitlines() if _APT_KEYS.match(line) and not _SECRET.search(line)]
    return "".join(f"{line}\n" for line in lines if not line.endswith('"";'))


def environment(variables: Mapping[str, str], left_out: list[str]) -> str:
    """/etc/environment: the bundle's path, in the variables set here, and proxies and mirrors."""
    lines = [f"{name}={BUNDLE}" for name in _BUNDLE_VARIABLES if variables.get(name)]
    for name in _PASSED_VARIABLES:
        value = variables.get(name, "")
        if _SECRET.search(value):
            left_out.append(name)
        elif value:
            lines.append(f'{name}="{value}"')
    return "".join(f"{line}\n" for line in lines)


def pip_conf(text: str, left_out: list[str]) -> str:
    """pip's configuration with the image's bundle for this machine's; lines with a password are left out."""
    kept = []
    for line in text.splitlines():
        if _SECRET.search(line):
            left_out.append(f"pip: {line.partition('=')[0].strip()}")
        elif not re.match(r"\s*find-links\s*=", line):
            kept.append(re.sub(r"^(\s*cert\s*=).*", rf"\1 {BUNDLE}", line))
    return "".join(f"{line}\n" for line in kept)


def cargo_toml(text: str, left_out: list[str]) -> str:
    """Cargo's configuration as far as it says where and how to fetch; tokens are left out."""
    try:
        config = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return ""
    kept: dict[str, Any] = {key: config[key] for key in ("source", "http", "net", "registries") if key in config}
    if "cainfo" in kept.get("http", {}):
        kept["http"] = {**kept["http"], "cainfo": BUNDLE}
    return "".join(_toml(kept, (), left_out))


def _toml(table: Mapping[str, Any], path: tuple[str, ...], left_out: list[str]) -> Iterator[str]:
    scalars = {key: value for key, value in table.items() if not isinstance(value, dict)}
    if scalars:
        yield f"[{'.'.join(_quoted(part) for part in path)}]\n"
    for key, value in scalars.items():
        shown = _toml_value(value)
        if key in ("token", "secret-key") or _SECRET.search(shown):
            left_out.append(f"cargo: {'.'.join((*path, key))}")
        else:
            yield f"{_quoted(key)} = {shown}\n"
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _toml(value, (*path, key), left_out)


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(_toml_value(item) for item in value)}]"
    return str(value) if isinstance(value, int | float) else _quoted(str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _bundle(variables: Mapping[str, str]) -> str:
    named = [variables[name] for name in _BUNDLE_VARIABLES if variables.get(name)]
    return _first_text(Path(path) for path in (*named, *_BUNDLES))


def _public_authorities() -> frozenset[str]:
    """Certificates that Debian's own ca-certificates package has, so that they need not be added."""
    found = Path("/usr/share/ca-certificates").glob("mozilla/*.crt")
    return frozenset(_bare(path.read_text(encoding="ascii", errors="replace")) for path in found)


def _bare(certificate: str) -> str:
    return "".join(certificate.split())


def _first_text(paths: Iterable[Path]) -> str:
    for path in paths:
        try:
            return path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
    return ""


def _pip_files() -> list[Path]:
    named = os.environ.get("PIP_CONFIG_FILE")
    home = Path.home()
    usual = [home / ".config/pip/pip.conf", home / ".pip/pip.conf", Path("/etc/pip.conf")]
    return [Path(named), *usual] if named else usual


def _cargo_files() -> list[Path]:
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    return [home / "config.toml", home / "config"]


def _apt_sources() -> str:
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted(folder.glob("sources.list.d/*.sources"))]
    files += sorted(folder.glob("sources.list.d/*.list"))
    lines = [line for path in files if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if not line.lstrip().startswith("#"))


def _apt_dump() -> str:
    try:
        return subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ""
