"""What the sandbox's commands print. Pure functions."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.state import Sandbox, State

# The user's own settings that would make an SDK bypass the sandbox or use another identity.
UNSET = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
)


def environment(state: State, variables: Mapping[str, str]) -> dict[str, str]:
    """What to export so that any AWS client uses the sandbox; `variables` is the current environment."""
    exported = {
        "AWS_ENDPOINT_URL": state.endpoint_url,
        "AWS_ACCESS_KEY_ID": state.access_key_id,
        "AWS_SECRET_ACCESS_KEY": state.secret_access_key,
        "AWS_DEFAULT_REGION": state.region,
        "AWS_REGION": state.region,
    }
    for name in ("no_proxy", "NO_PROXY"):
        # Requests to the sandbox must not go through a proxy.
        if any(variables.get(proxy) for proxy in ("http_proxy", "HTTP_PROXY")):
            exported[name] = ",".join(filter(None, [variables.get(name, ""), "127.0.0.0/8,127.0.0.1,localhost"]))
    return exported


def unset(variables: Mapping[str, str]) -> list[str]:
    """Variables to unset, including endpoints of single services, which override the common one."""
    return [*UNSET, *sorted(name for name in variables if name.startswith("AWS_ENDPOINT_URL_"))]


def as_shell(state: State, variables: Mapping[str, str]) -> str:
    """Lines for a POSIX shell's eval."""
    exports = [f"export {name}={shlex.quote(value)}" for name, value in environment(state, variables).items()]
    return "\n".join([f"unset {' '.join(unset(variables))}", *exports])


def as_json(sandbox: Sandbox, state: State, variables: Mapping[str, str]) -> str:
    """The same and further data for programs, as a JSON object."""
    return json.dumps(
        {
            "name": sandbox.name,
            "endpoint_url": state.endpoint_url,
            "region": state.region,
            "account_id": state.account_id,
            "access_key_id": state.access_key_id,
            "secret_access_key": state.secret_access_key,
            "admin_token": state.admin_token,
            "ssh_port": state.ssh_port,
            "engine": state.engine,
            "image": state.image,
            "pid": state.process.pid,
            "directory": str(sandbox.directory),
            "log": str(sandbox.log),
            "environment": environment(state, variables),
            "unset": unset(variables),
        },
        indent=2,
    )


def status(sandbox: Sandbox, state: State, machines: Sequence[Mapping[str, Any]]) -> str:
    """What runs, one fact per line."""
    lines = [
        f"sandbox   {sandbox.name}",
        f"endpoint  {state.endpoint_url} (process {state.process.pid}, log {sandbox.log})",
        f"engine    {state.engine}",
        f"image     {state.image} (every AMI of this machine's architecture boots it)",
        f"ssh port  {state.ssh_port}",
        f"instances {len(machines) or 'none'}",
    ]
    for machine in machines:
        lines.append(
            f"  {machine['instance_id']}  {machine['instance_type']:<12} {machine['state']:<8} "
            f"{machine['public_ip']} ({machine['private_ip']})  {_given(machine)}"
        )
    return "\n".join(lines)


def _given(machine: Mapping[str, Any]) -> str:
    cores, memory = len(machine["processors"]), machine["memory_mib"]
    text = f"{cores} vCPU, {memory} MiB"
    if cores < machine["asked_processors"] or memory < machine["asked_memory_mib"]:
        text += f", all that this machine has; the type has {machine['asked_processors']} and "
        text += f"{machine['asked_memory_mib']}"
    return text
