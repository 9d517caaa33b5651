"""Keeps third-party code on a host apart: a user of its own, which gains no privileges and reaches no credentials.

Whatever comes with a suite runs as that user: rustup, Cargo, Git in the source, build scripts, benchmarks. It may not
use sudo, writes to no file of the login's, and cannot connect to the services that give out an instance's credentials
and its user data: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence

from benchmarks.host import host_layout

# EC2's metadata service, and those that give containers of ECS and EKS their credentials:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
# https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
IPV4 = ("169.254.169.254", "169.254.170.2", "169.254.170.23")
IPV6 = ("fd00:ec2::254", "fd00:ec2::23")
TABLE = "benchmarks"
_BEFORE_NAT = -300  # of nft's numbers: raw; destinations are translated at -100
_OPENS = "tcp flags & (syn | ack) == syn"  # a packet that opens a connection
# The kernel answers one packet a second with ICMP to each address, as `reject` alone does: a second connection, such as
# the probe's, would wait for that. https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html (icmp_ratelimit)
_RESET = "reject with tcp reset"
# Directories that third-party code owns, below the tool's.
OWNED = ("rustup", "cargo", "source", "downloads", "target", "home")
# Directories that only root writes to.
_ROOTS = ("archives", "runs")
# Scripts of root's, in the tool's directory: the first runs a command as that user without the chance to gain
# privileges, the second is the interpreter of those of Ansible's modules that write where that user does.
_CONFINED, _INTERPRETER = "confined", "python"

REACHED = 97  # the probe's exit status
_CONNECT_TIMEOUT = 2  # seconds; a rejected connection fails at once

# Whether the metadata service gives this user anything is not asked: with the rule, not even a connection is made. So
# both versions of it, which differ in their requests, are covered. Multipath TCP (262) has sockets of its own, for
# which kernels before 5.12 tell no user; most kernels make none, which is as good.
PROBE = f"""\
import socket, sys
for protocol, address in [(protocol, address) for address in {IPV4 + IPV6!r} for protocol in (socket.IPPROTO_TCP, 262)]:
    try:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM, protocol) as tried:
            tried.settimeout({_CONNECT_TIMEOUT})
            tried.connect((address, 80))
    except OSError:
        continue
    print(f"Third-party code would reach {{address}} in spite of the firewall's rule.", file=sys.stderr)
    sys.exit({REACHED})
"""

# As root. Prints a line for whatever it has made, so that a second call prints nothing. The rule is replaced in one
# transaction: at no time is there none.
#
# The user's own service manager would run what it finds in that user's home without what keeps it apart, at every boot
# before the rule is there. logind starts it for whoever asks to linger, which needs no privileges, and for whoever logs
# in: https://www.freedesktop.org/software/systemd/man/latest/user@.service.html
# https://www.freedesktop.org/software/systemd/man/latest/loginctl.html#enable-linger%20USER%E2%80%A6
# The programs of cron and at have to gain privileges to take a job, which nothing of that user's can.
_PREPARE = """
user=$1 root=$2 rules=$3 python=$4 probe=$5 owned=$6 roots=$7
umask 022
fail() { printf '%s\\n' "$1" >&2; exit 1; }
case $root in /*) ;; *) fail "$root is no absolute path: give the tool's directory on the host from / on." ;; esac
# What `ProtectHome=` hides from units.
for needed in "$root" "$python"; do
  case $needed/ in /home/*|/root/*|/run/user/*)
    fail "$needed is below a home, which third-party code does not see: choose another place." ;;
  esac
done
if ! getent passwd "$user" >/dev/null; then
  nologin=/usr/sbin/nologin
  [ -x "$nologin" ] || nologin=/sbin/nologin
  useradd --system --user-group --no-create-home --home-dir "$root/home" --shell "$nologin" "$user" || exit 1
  echo "Made the user $user"
fi
manager=user@$(id -u "$user").service
if [ "$(systemctl is-enabled "$manager" 2>/dev/null)" != masked ]; then
  loginctl disable-linger "$user" 2>/dev/null
  systemctl stop "$manager" >/dev/null 2>&1
  systemctl mask "$manager" >/dev/null || fail "systemd cannot mask $manager, which would run programs of $user."
  echo "Made $manager unable to start"
fi
for directory in $roots; do
  [ -d "$root/$directory" ] || { mkdir -p "$root/$directory" && echo "Made $root/$directory"; } || exit 1
done
# `chown -R` follows no links. It has work to do if the user was removed and made again with another number.
for directory in $owned; do
  [ "$(stat --format=%U "$root/$directory" 2>/dev/null)" = "$user" ] && continue
  mkdir -p "$root/$directory" && chown -R "$user:$user" "$root/$directory" || exit 1
  echo "Made $root/$directory"
done
# Root becomes the user and gives up the chance to gain privileges in one step: nothing of the user's runs in between,
# be it by Python's files in a home (.pth) or by a process that was left.
write() {
  [ "$(cat "$root/$1" 2>/dev/null)" = "$2" ] && return
  printf '%s\\n' "$2" >"$root/$1" && chmod 755 "$root/$1" && echo "Made $root/$1" || exit 1
}
setpriv=$(command -v setpriv) || fail "There is no program setpriv: install util-linux."
nft=$(command -v nft) || fail "There is no program nft: install nftables."
home=$(getent passwd "$user" | cut -d : -f 6)
# A reboot forgets the rule: nothing runs as the user before it is loaded again.
write "$9" "#!/bin/sh
'$nft' '$rules' || exit 1
export HOME='$home' USER='$user' LOGNAME='$user'
exec '$setpriv' --reuid=$(id -u "$user") --regid=$(id -g "$user") --clear-groups --no-new-privs -- \\"\\$@\\""
write "${10}" "#!/bin/sh
exec '$root/$9' '$python' -I \\"\\$@\\""
as_user="$root/$9"
nft list table inet "$8" >/dev/null 2>&1 || new="Made the firewall's table $8"
said=$(nft "$rules" 2>&1) ||
  fail "nft cannot keep third-party code from the credentials of this machine ($(printf '%s' "$said" | head -n 1)): \
use a kernel with nf_tables, and a login that may load rules into it."
# Ansible's modules make their temporary files here, and warn if they have to make the directory.
$as_user mkdir -p -m 700 "$home/.ansible/tmp" 2>/dev/null
$as_user test -w "$root/source" ||
  fail "The user $user cannot enter $root: choose a directory that every user may enter."
$as_user "$python" -I -S -c "$probe" 2>/dev/null
case $? in
  0) ;;
  @REACHED@) fail "Third-party code would reach the credentials of this machine in spite of the firewall's rule: \
look for a proxy or a rule there that redirects what is sent to 169.254.169.254." ;;
  *) fail "The user $user cannot run $python: set ansible_python_interpreter to one that every user may run." ;;
esac
[ -z "$new" ] || echo "$new"
"""


def ruleset(user: str = host_layout.CODE_USER) -> str:
    """nft's commands, in one line, that reject what `user` sends to the services with credentials.

    They also reject every connection there that is opened by a socket whose user the kernel does not tell: then no
    condition on the user holds, neither `skuid "user"` nor `skuid != "user"`.
    https://wiki.nftables.org/wiki-nftables/index.php/Matching_packet_metainformation

    The table is this tool's own: neither iptables nor other tables are changed, and none of them can admit a packet
    that it rejects. It comes before their address translation, which on a host of ECS sends 169.254.170.2 to the agent.
    https://wiki.nftables.org/wiki-nftables/index.php/Netfilter_hooks#Priority_within_hook
    """
    rules = " ".join(
        f'{services} meta l4proto tcp meta skuid "{user}" {_RESET}; '
        f'{services} meta skuid "{user}" reject; '
        f'{services} {_OPENS} meta skuid != "{user}" accept; '
        f"{services} {_OPENS} {_RESET};"
        for services in (f"ip daddr {{ {', '.join(IPV4)} }}", f"ip6 daddr {{ {', '.join(IPV6)} }}")
    )
    return (
        f"add table inet {TABLE}; delete table inet {TABLE}; "
        f"table inet {TABLE} {{ chain output {{ type filter hook output priority {_BEFORE_NAT}; {rules} }}; }};"
    )


def prepare_command(directory: str, python: str, user: str = host_layout.CODE_USER) -> list[str]:
    """The command that makes the user, its directories below `directory`, and its rule; it must be run as root.

    It fails, with a sentence on stderr, unless the user is kept from the credentials. `python` is Python's path.
    """
    script = _PREPARE.replace("@REACHED@", str(REACHED))
    names = [" ".join(OWNED), " ".join(_ROOTS), TABLE, _CONFINED, _INTERPRETER]
    given = [user, directory, ruleset(user), python, PROBE, *names]
    return ["/bin/sh", "-c", script, "sh", *given]


def confined(argv: Sequence[str], directory: str, environment: Mapping[str, str] | None = None) -> list[str]:
    """The command that runs `argv` as the user of third-party code; it must be run as root.

    It fails, and runs nothing, if the rule that keeps that user from the credentials cannot be loaded. Only the program
    itself sees `environment`: root runs nothing with it. `directory` is the tool's on the host.
    """
    variables = [f"{key}={value}" for key, value in (environment or {}).items()]
    return [f"{directory}/{_CONFINED}", "/usr/bin/env", *variables, *argv]


def interpreter(directory: str) -> str:
    """The interpreter with which Ansible's modules, run by root, are that user's. `directory` is the tool's."""
    return f"{directory}/{_INTERPRETER}"


def properties(python: str) -> list[tuple[str, str]]:
    """The properties of a systemd unit that isolate it; it starts only if a probe as its user reaches nothing.

    None of them costs the program time: there is no filter of system calls, which would delay each of them.
    https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
    """
    load = shlex.join(["/bin/sh", "-c", 'exec nft "$$0"', ruleset()])
    return [
        # The rule again, since a reboot forgets it: `+` runs as root. The probe runs as the unit's user.
        ("ExecStartPre", f"+{load}"),
        ("ExecStartPre", shlex.join([python, "-I", "-S", "-c", PROBE])),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        # Nobody's files are read either. Where namespaces cannot be made, as in a container, systemd leaves this out.
        ("ProtectHome", "yes"),
    ]
