"""The files of a Rust distribution server, made of Debian's own toolchain; to be run on a Debian 13 machine.

Laid out as static.rust-lang.org is, so that rustup installs from it what it would install from there:
https://rust-lang.github.io/rustup-components-history and the source of rustup's `dist` module describe the manifest,
https://github.com/rust-lang/rust-installer the archives (version 3). The addresses in the manifest are those of
static.rust-lang.org itself: whoever is not sent elsewhere by RUSTUP_DIST_SERVER finds nothing.

Usage: make_distribution.py DIRECTORY DATE...
"""

import gzip
import hashlib
import io
import platform
import re
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path

OFFICIAL = "https://static.rust-lang.org"
TRIPLE = f"{platform.machine()}-unknown-linux-gnu"
# What the compiler is linked with is part of a toolchain here as it is in the official one; the rest that Debian links
# with instead of building it in is installed.
LIBRARY = re.compile(r"Depends: (lib\S+)")
OF_THE_TOOLCHAIN = re.compile(r"lib(std-rust|llvm)[-.\d]+\S*")


def output(*argv: str | Path, cwd: Path | None = None) -> str:
    return subprocess.run(argv, cwd=cwd, check=True, stdout=subprocess.PIPE, text=True).stdout


def unpack_packages(directory: Path) -> str:
    """Unpack Debian's toolchain below `directory`, without installing anything; its version."""
    wanted = ["rustup", "cargo", "rustc", "libstd-rust-dev"]
    packages: list[str] = []
    others: list[str] = []
    while wanted:
        packages.append(wanted.pop())
        for name in LIBRARY.findall(output("apt-cache", "depends", packages[-1])):
            if not OF_THE_TOOLCHAIN.fullmatch(name):
                others.append(name)
            elif name not in packages + wanted:
                wanted.append(name)
    output("sudo", "apt-get", "install", "--quiet", "--yes", "--no-install-recommends", *others)
    downloads = directory / "packages"
    downloads.mkdir(parents=True)
    output("apt-get", "download", "--quiet", *packages, cwd=downloads)
    for file in downloads.glob("*.deb"):
        # rustup and the toolchain have links of the same names, and are kept apart.
        output("dpkg-deb", "--extract", file, directory / ("rustup" if file.name.startswith("rustup_") else "rust"))
    found = re.search(r"Version: ([\d.]+)", output("apt-cache", "show", "--no-all-versions", "rustc"))
    assert found
    return found[1]


def component_files(rust: Path) -> dict[str, dict[str, Path]]:
    """What each component has: path in the toolchain -> file."""
    libraries = rust / f"usr/lib/{platform.machine()}-linux-gnu"
    standard = rust / f"usr/lib/rustlib/{TRIPLE}/lib"
    return {
        "cargo": {"bin/cargo": rust / "usr/bin/cargo"},
        "rustc": {
            "bin/rustc": rust / "usr/bin/rustc",
            **{f"lib/{file.name}": file for file in libraries.glob("lib*.so*") if not file.is_symlink()},
        },
        "rust-std": {f"lib/rustlib/{TRIPLE}/lib/{file.name}": file.resolve() for file in standard.glob("*.rlib")},
    }


def pack(component: str, files: Mapping[str, Path]) -> bytes:
    """A component's archive, scarcely compressed since it is for this machine only."""
    name = f"rust-std-{TRIPLE}" if component == "rust-std" else component
    top = f"{component}-nightly-{TRIPLE}"
    texts = {
        "rust-installer-version": "3\n",
        "components": f"{name}\n",
        f"{name}/manifest.in": "".join(f"file:{path}\n" for path in files),
    }
    paths = [f"{top}/{path}" for path in texts] + [f"{top}/{name}/{path}" for path in files]
    buffer = io.BytesIO()
    with gzip.open(buffer, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for parent in sorted({str(parent) for path in paths for parent in Path(path).parents} - {"."}):
            member = tarfile.TarInfo(parent)
            member.type, member.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(member)
        for path, text in texts.items():
            member = tarfile.TarInfo(f"{top}/{path}")
            member.size = len(text)
            archive.addfile(member, io.BytesIO(text.encode()))
        for path, file in files.items():
            archive.add(file, f"{top}/{name}/{path}")
    return buffer.getvalue()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def publish(path: Path, content: bytes, checksum_line: str) -> None:
    """Write a file, and its checksum beside it as the official server has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.with_name(f"{path.name}.sha256").write_text(checksum_line.format(sha256(content)))


def manifest(date: str, version: str, archives: Mapping[str, bytes]) -> bytes:
    lines = ['manifest-version = "2"', f'date = "{date}"', "[renames]", "[profiles]"]
    lines += [f"minimal = {list(archives)}".replace("'", '"')]
    for component, content in archives.items():
        url = f"{OFFICIAL}/dist/{component}-nightly-{TRIPLE}.tar.gz"
        lines += [f"[pkg.{component}]", f'version = "{version}"', f"[pkg.{component}.target.{TRIPLE}]"]
        lines += ["available = true", f'url = "{url}"', f'hash = "{sha256(content)}"']
    lines += ["[pkg.rust]", f'version = "{version}"', f"[pkg.rust.target.{TRIPLE}]", "available = true"]
    for component in archives:
        lines += [f"[[pkg.rust.target.{TRIPLE}.components]]", f'pkg = "{component}"', f'target = "{TRIPLE}"']
    return "".join(f"{line}\n" for line in lines).encode()


def make(directory: Path, *dates: str) -> None:
    """The server's files for these nightlies, which are all the same one."""
    unpacked = directory / "unpacked"
    version = unpack_packages(unpacked)
    root = directory / "root"
    installer = (unpacked / "rustup/usr/bin/rustup").read_bytes()
    publish(root / f"rustup/dist/{TRIPLE}/rustup-init", installer, "{} *./rustup-init\n")
    archives = {name: pack(name, files) for name, files in component_files(unpacked / "rust").items()}
    for name, content in archives.items():
        publish(root / f"dist/{name}-nightly-{TRIPLE}.tar.gz", content, "{}  " + f"{name}-nightly-{TRIPLE}.tar.gz\n")
    for date in dates:
        content = manifest(date, version, archives)
        publish(root / f"dist/{date}/channel-rust-nightly.toml", content, "{}  channel-rust-nightly.toml\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), *sys.argv[2:])
