"""The image's entry: whom the container works as, what that user finds at home, and the command that it becomes.

It begins as root, or as whom --user names, in a container whose file system may be read-only. What is mounted at /root
is copied to a home that only the working user reads, so that root's rights are given up before anything else runs.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.errors import RefusedError

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
RESULTS = Path("/runs")
MOUNTED = Path("/root")
KEY = "benchmarks.pem"
# What is taken home, of what may be mounted at /root.
TAKEN = (KEY, ".aws", ".ssh")
# Where a home can be made, best first: in memory and always writable, else at least private to the container.
PLACES = (Path("/dev/shm"), Path("/tmp"))
# Invoke's own flags that are of use without a task; all others are bench's.
INVOKES_FLAGS = ("--list", "-l", "--version", "-V")


@dataclass(frozen=True)
class User:
    """Whom the container works as."""

    uid: int
    gid: int


def command(words: Sequence[str]) -> list[str]:
    """What the container runs for the words after the image's name: a task, bench's flags, or ansible-playbook."""
    if words and words[0] == "ansible-playbook":
        return [str(BIN / "ansible-playbook"), *words[1:]]
    is_bench = not words or (words[0].startswith("-") and words[0].partition("=")[0] not in INVOKES_FLAGS)
    return [str(BIN / "benchmarks"), *(["bench"] if is_bench else []), *words]


def directory(words: Sequence[str], current: Path) -> Path:
    """Where the command runs: playbooks are named from the repository's root, all other paths from the current one."""
    return ROOT if words and words[0] == "ansible-playbook" else current


def key_argument(words: Sequence[str]) -> tuple[int, str] | None:
    """Which word holds the value of --key-file, and that value."""
    for at, word in enumerate(words):
        if word.startswith("--key-file="):
            return at, word.partition("=")[2]
        if word == "--key-file" and at + 1 < len(words):
            return at + 1, words[at + 1]
    return None


def with_key(words: Sequence[str], path: Path) -> list[str]:
    """`words` with `path` for the key that they name."""
    found = key_argument(words)
    if not found:
        return list(words)
    at, value = found
    return [*words[:at], words[at].removesuffix(value) + str(path), *words[at + 1 :]]


def environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """The command's environment.

    An AWS variable that is empty, as `-e AWS_PROFILE=$AWS_PROFILE` makes it where the host has none, counts as not set.
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
    """The lines of /etc/passwd with the user at that home, under its name where it has one."""
    entries = [line.split(":") for line in existing.splitlines() if line.count(":") == 6]
    name = next((entry[0] for entry in entries if entry[2] == str(user.uid)), "user")
    own = [name, "x", str(user.uid), str(user.gid), "", str(home), "/bin/sh"]
    others = [entry for entry in entries if entry[0] != name and entry[2] != str(user.uid)]
    return "".join(f"{':'.join(entry)}\n" for entry in [own, *others])


def choose_user(started_as: User, owner_of_results: User) -> User:
    """Root works as the owner of the results, whoever else was asked for stays."""
    return owner_of_results if started_as.uid == 0 else started_as


def make_home(user: User, places: Sequence[Path] = PLACES) -> Path:
    """A new directory that only `user` enters. Raises RefusedError."""
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


def take(source: Path, target: Path, user: User) -> None:
    """Copy a file or a directory's files, for `user` alone. Raises RefusedError for what cannot be read."""
    try:
        if source.is_dir():
            target.mkdir(mode=0o700)
            for each in sorted(source.iterdir()):
                # No sockets, and no links that lead out of what is mounted.
                if each.is_dir() or each.is_file():
                    take(each, target / each.name, user)
        else:
            content = source.read_bytes()
            with target.open("xb") as file:
                target.chmod(0o400 if target.name.endswith(".pem") else 0o600)
                file.write(content)
    except OSError as error:
        raise RefusedError(
            f"{error.filename or source} cannot be read by the container's user {os.geteuid()} ({error.strerror}): "
            f"leave out --user, or let that user read the file; under SELinux mount it with :z."
        ) from None
    own(target, user)


def own(path: Path, user: User) -> None:
    if (user.uid, user.gid) != (os.geteuid(), os.getegid()):
        os.chown(path, user.uid, user.gid)


def check_key(path: Path) -> None:
    """Raises RefusedError where a directory is mounted for the key."""
    if path.is_dir():
        raise RefusedError(
            f"{path} is a directory, not a key: engines make one where the file to be mounted does not exist. "
            f"Check the path before the colon, and remove the directory that was made there."
        )


def set_up_home(words: Sequence[str], user: User, home: Path) -> list[str]:
    """Bring home what is mounted, and give the words that name it there. Raises RefusedError."""
    check_key(MOUNTED / KEY)
    for name in TAKEN:
        if os.path.lexists(MOUNTED / name):
            take(MOUNTED / name, home / name, user)
    (home / ".passwd").write_text(passwd(Path("/etc/passwd").read_text(), user, home))
    own(home / ".passwd", user)
    found = key_argument(words)
    # What is wrong with any other path is said by the command itself, as everywhere.
    if found and os.access(found[1], os.R_OK) and Path(found[1]).is_file():
        take(Path(found[1]), home / "given.pem", user)
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
    return 2


if __name__ == "__main__":
    main()
