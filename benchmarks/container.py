"""The image's entry point: choose the user, make its home directory, run the command.

It starts as root, or as the user given by --user, in a container whose file system may be read-only. It copies what is
mounted at /root to a home directory that only the chosen user can read, then drops root's rights and runs the command.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import REFUSED, RefusedError

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
RESULTS = Path("/runs")
MOUNTED = Path("/root")
KEY = "benchmarks.pem"
# The files that are copied from /root, if they are mounted.
COPIED = (KEY, ".aws", ".ssh")
# Where to make the home: in memory, which is always writable, else in a directory private to the container.
PLACES = (Path("/dev/shm"), Path("/tmp"))
# Flags of Invoke itself that work without a task; all other flags are for bench.
INVOKES_FLAGS = ("--list", "-l", "--version", "-V")


@dataclass(frozen=True)
class User:
    """The user that the command runs as."""

    uid: int
    gid: int


def command(words: Sequence[str]) -> list[str]:
    """The command for the words after the image's name: a task, flags for bench, or ansible-playbook."""
    if words and words[0] == "ansible-playbook":
        return [str(BIN / "ansible-playbook"), *words[1:]]
    is_bench = not words or (words[0].startswith("-") and words[0].partition("=")[0] not in INVOKES_FLAGS)
    return [str(BIN / "benchmarks"), *(["bench"] if is_bench else []), *words]


def directory(words: Sequence[str], current: Path) -> Path:
    """The working directory: the repository's root for ansible-playbook, which needs its playbooks, else `current`."""
    return ROOT if words and words[0] == "ansible-playbook" else current


def key_argument(words: Sequence[str]) -> tuple[int, str] | None:
    """The index of the word with the value of --key-file, and that value."""
    for at, word in enumerate(words):
        if word.startswith("--key-file="):
            return at, word.partition("=")[2]
        if word == "--key-file" and at + 1 < len(words):
            return at + 1, words[at + 1]
    return None


def with_key(words: Sequence[str], path: Path) -> list[str]:
    """`words` with `path` in place of the value of --key-file."""
    found = key_argument(words)
    if not found:
        return list(words)
    at, value = found
    return [*words[:at], words[at].removesuffix(value) + str(path), *words[at + 1 :]]


def environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """The command's environment.

    An empty AWS variable, as from `-e AWS_PROFILE=$AWS_PROFILE` without a value on the host, counts as not set.
    """
    kept = {name: value for name, value in given.items() if value or not name.startswith("AWS_")}
    preload = " ".join(filter(None, [kept.get("LD_PRELOAD"), "libnss_wrapper.so"]))
    return {
        **kept,
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": f"{BIN}{os.pathsep}{kept.get('PATH', os.defpath)}",
        "LD_PRELOAD": preload,
        "NSS_WRAPPER_PASSWD": str(home / ".passwd"),
        "NSS_WRAPPER_GROUP": "/etc/group",
    }


def passwd(existing: str, user: User, home: Path) -> str:
    """The content of /etc/passwd with `user` at `home`, under its existing name if it has one."""
    entries = [line.split(":") for line in existing.splitlines() if line.count(":") == 6]
    name = next((entry[0] for entry in entries if entry[2] == str(user.uid)), "user")
    own = [name, "x", str(user.uid), str(user.gid), "", str(home), "/bin/sh"]
    others = [entry for entry in entries if entry[0] != name and entry[2] != str(user.uid)]
    return "".join(f"{':'.join(entry)}\n" for entry in [own, *others])


def choose_user(started_as: User, owner_of_results: User) -> User:
    """The owner of the results if started as root, else the user that --user gave."""
    return owner_of_results if started_as.uid == 0 else started_as


def make_home(user: User, places: Sequence[Path] = PLACES) -> Path:
    """Create a directory that only `user` can enter. Raises RefusedError if none of `places` is writable."""
    for place in places:
        try:
            home = Path(tempfile.mkdtemp(prefix="home-", dir=place))
        except OSError:
            continue
        own(home, user)
        return home
    raise RefusedError(
        f"Neither {' nor '.join(map(str, places))} can be written: give the container one of them, as by --tmpfs /tmp."
    )


def copy_for(source: Path, target: Path, user: User) -> None:
    """Copy a file or directory so that only `user` can read it. Raises RefusedError if it cannot be read."""
    try:
        if source.is_dir():
            target.mkdir(mode=0o700)
            for each in sorted(source.iterdir()):
                # Skips sockets and broken links, such as those to files outside the mount.
                if each.is_dir() or each.is_file():
                    copy_for(each, target / each.name, user)
        else:
            content = source.read_bytes()
            with target.open("xb") as file:
                target.chmod(0o400 if target.name.endswith(".pem") else 0o600)
                file.write(content)
    except OSError as error:
        raise RefusedError(
            f"{error.filename or source} cannot be read by the container's user {os.geteuid()} ({error.strerror}): "
            "leave out --user, or let that user read the file; under SELinux mount it with :z."
        ) from None
    own(target, user)


def own(path: Path, user: User) -> None:
    if (user.uid, user.gid) != (os.geteuid(), os.getegid()):
        os.chown(path, user.uid, user.gid)


def check_key(path: Path) -> None:
    """Raises RefusedError if the mounted key is a directory."""
    if path.is_dir():
        raise RefusedError(
            f"{path} is a directory, not a key: engines make one where the file to be mounted does not exist. "
            "Check the path before the colon, and remove the directory that was made there."
        )


def set_up_home(words: Sequence[str], user: User, home: Path) -> list[str]:
    """Copy the mounted files to `home`, and return `words` with the key's path there. Raises RefusedError."""
    check_key(MOUNTED / KEY)
    for name in COPIED:
        if os.path.lexists(MOUNTED / name):
            copy_for(MOUNTED / name, home / name, user)
    (home / ".passwd").write_text(passwd(Path("/etc/passwd").read_text(), user, home))
    own(home / ".passwd", user)
    found = key_argument(words)
    # The command itself reports what is wrong with any other path.
    if found and os.access(found[1], os.R_OK) and Path(found[1]).is_file():
        copy_for(Path(found[1]), home / "given.pem", user)
        return with_key(words, home / "given.pem")
    return list(words)


def become(user: User) -> None:
    if (user.uid, user.gid) != (os.geteuid(), os.getegid()):
        os.setgroups([])
        os.setgid(user.gid)
        os.setuid(user.uid)


def main() -> None:
    words = sys.argv[1:]
    status = RESULTS.stat()
    user = choose_user(User(os.geteuid(), os.getegid()), User(status.st_uid, status.st_gid))
    try:
        home = make_home(user)
        words = set_up_home(words, user, home)
        become(user)
    except RefusedError as error:
        sys.exit(_refuse(str(error)))
    except PermissionError:
        sys.exit(
            _refuse(
                f"The container may not work as user {user.uid}, the owner of {RESULTS}: leave it the capabilities "
                f"CHOWN, SETGID and SETUID, or give --user {user.uid}:{user.gid}."
            )
        )
    os.chdir(directory(words, Path.cwd()))
    argv = command(words)
    os.execve(argv[0], argv, environment(os.environ, home))


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    main()
