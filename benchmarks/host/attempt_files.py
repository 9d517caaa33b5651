"""What of an attempt's files on a host is fetched, and how Criterion's directory becomes one of them.

Third-party code owns Criterion's directory. Nobody else reads in it: the archive of it is made as that code's user.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

from benchmarks.host import checksums, host_layout, isolation

# Criterion writes some kilobytes for each benchmark. tar ends at this size: a file without an end must not fill disks.
LARGEST_ARCHIVE = 2**30  # bytes
_BLOCK = 512  # bytes; of ulimit in POSIX's shells, while bash takes 1024
_PACKING_TIME = 600  # seconds
_CUT_WAIT = 30  # seconds

# Prints the checksum and name of each file that has something in it, and the names of directories that have. The list
# of services may well be empty. The archive counts once it is packed as `_ONCE` packs it, and nothing has ended since.
# What a crash has cut off is given its result as the machine is up again, by the unit that uploads: that is waited for.
# While the system starts, that unit may not have had its turn yet, which systemd calls inactive: asked first, since it
# may have it meanwhile (https://www.freedesktop.org/software/systemd/man/latest/systemctl.html#is-system-running).
# Somebody follows the run, if that is of interest there. What has ended is noted by its checksum: whoever collects that
# publishes the same as the host itself, which cannot read what is in the bucket already.
_FOUND = f"""
cd "$1" 2>/dev/null || exit 0
run=${{1%/*}}
unit=$PREFIX-${{run##*/}}-${{1##*/}}
is_cut() {{
  [ -s "$2" ] && [ ! -s "$1.status" ] || return 1
  case $(systemctl is-active "$unit-$1.service" 2>/dev/null) in inactive|failed|unknown) return 0 ;; *) return 1 ;; esac
}}
for _ in $(seq {_CUT_WAIT}); do
  is_cut build "$LOG" || is_cut run "$ACTIVITY" || break
  system=$(systemctl is-system-running 2>/dev/null)
  case $(systemctl is-active "$unit-results.service" 2>/dev/null)/$system in
    active/*|activating/*|*/initializing|*/starting) sleep 1 ;;
    *) break ;;
  esac
done
beat=../$HEARTBEAT
if [ -w "$beat" ] && [ -s build.status ]; then
  cat build.status run.status "$LOG" 2>/dev/null | sha256sum >>"$beat"
fi
{{ {host_layout.STAYS} }} 2>/dev/null
shift
for name; do
  if [ -d "$name" ]; then [ -n "$(ls -A "$name" 2>/dev/null)" ] && echo "- $name"
  elif [ "$name" = "$STOPPED" ]; then [ -e "$name" ] && sha256sum "$name"
  else [ -s "$name" ] && sha256sum "$name"
  fi
done
ended=$(cat build.status run.status 2>/dev/null)
[ -n "$ended" ] && [ "$(cat packed 2>/dev/null)" = "$ended" ] && sha256sum "$ARCHIVE" 2>/dev/null
exit 0
"""
# Into a file that is there already, in a directory where this user can make none. Links are packed as links. Without a
# process group of its own (--foreground), all of it is ended by whoever ends the group that it was started in.
_PACK = 'cd "$1" && ulimit -f "$2" && exec timeout --foreground "$3" tar --create --gzip --sort=name --file="$4" "$5"'


# As root, whose lock and mark third-party code cannot touch. It is packed again if a step has ended since: what was
# uploaded must not change any more, and two must not pack at the same time. The lock is not for what the packing runs.
_ONCE = """
umask 077
cd "$1" && exec 9>packing.lock && flock --wait "$2" 9 || exit 1
archive=$3
shift 3
ended=$(cat build.status run.status 2>/dev/null)
if [ -z "$ended" ] || [ "$(cat packed 2>/dev/null)" != "$ended" ]; then
  "$@" 9>&- || exit
  printf '%s\\n' "$ended" >packed && chmod 644 packed || exit
fi
sha256sum "$archive"
"""


def found_command(directory: str) -> list[str]:
    """The command that prints which of an attempt's files there are in its directory, for `found` and `to_fetch`."""
    names = [host_layout.LOG, host_layout.ACTIVITY, host_layout.STOPPED, host_layout.CRITERION]
    known = f"STOPPED={shlex.quote(host_layout.STOPPED)} HEARTBEAT={shlex.quote(host_layout.HEARTBEAT)}"
    known += f" LOG={shlex.quote(host_layout.LOG)} ACTIVITY={shlex.quote(host_layout.ACTIVITY)}"
    known += f" ARCHIVE={shlex.quote(host_layout.ARCHIVE)} PREFIX={shlex.quote(host_layout.LOGIN)}"
    return ["/bin/sh", "-c", f"{known}{_FOUND}", "sh", directory, *names]


def found(lines: Sequence[str]) -> list[str]:
    """The names of the files and directories that a host has, by what `found_command` has printed there."""
    return [name for _, name in map(_checksum, lines)]


def to_fetch(lines: Sequence[str], directory: str) -> list[str]:
    """The names of the files that a host has, and `directory` has not or with other content. Raises OSError.

    `lines` are those of sha256sum. Asking for each file by itself would take a command for each.
    """
    return [
        name
        for sha256, name in map(_checksum, lines)
        if sha256 != "-" and checksums.sha256(Path(directory) / name) != sha256
    ]


def _checksum(line: str) -> tuple[str, str]:
    sha256, _, name = line.partition(" ")
    return sha256, name.lstrip(" *")


def pack_command(directory: str) -> list[str]:
    """The command that packs Criterion's directory into the attempt's archive; it is run as the owner of the former."""
    words = [directory, str(LARGEST_ARCHIVE // _BLOCK), str(_PACKING_TIME)]
    return ["/bin/sh", "-c", _PACK, "sh", *words, host_layout.ARCHIVE, host_layout.CRITERION]


def pack_once_command(directory: str, root: str) -> list[str]:
    """The command that packs Criterion's directory, unless that is done, and prints the archive's checksum and name.

    It is run as root. `root` is the tool's directory.
    """
    packing = isolation.confined(pack_command(directory), root)
    return ["/bin/sh", "-c", _ONCE, "sh", directory, str(_PACKING_TIME + 60), host_layout.ARCHIVE, *packing]
