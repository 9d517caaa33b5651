"""The ansible-playbook command of a run. Only this module knows Ansible's command line."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.parameters import region
from benchmarks.paths import ROOT
from benchmarks.runs.records import Values


@dataclass(frozen=True)
class Command:
    """A command and what to add to its environment."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]

    def __str__(self) -> str:
        """The command as a user can type it in the repository's root."""
        return shlex.join(("ansible-playbook", *self.argv[1:]))


_CALLBACK = "ANSIBLE_STDOUT_CALLBACK"
# As in ansible.cfg: a host beyond so many would wait, and be billed.
FORKS = "100"
# Set to 1, it has playbooks show Ansible's own output.
VERBOSE = "BENCHMARKS_VERBOSE"


def is_verbose(environment: Mapping[str, str]) -> bool:
    """Whether a user with this environment wants to see Ansible's own output."""
    return environment.get(VERBOSE) == "1"


def playbook(
    name: str,
    parameters: Path | Values,
    aws_region: str | None,
    *,
    terminal: bool,
    columns: int,
    verbose: bool = False,
) -> Command:
    """The command that runs a playbook with parameters from a file, or with these values.

    With `terminal`, lines of progress may be rewritten in place; `columns` is the terminal's width. With `verbose`,
    Ansible's own output is shown, with the callback that the user's environment names, else its default one.
    """
    extra = f"@{_shown(parameters)}" if isinstance(parameters, Path) else json.dumps(dict(parameters))
    return Command(
        argv=(str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-e", extra),
        environment={
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            _CALLBACK: os.environ.get(_CALLBACK, "ansible.builtin.default") if verbose else "stages",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            # As in ansible.cfg, whatever the user's environment says: no host sets variables here.
            "ANSIBLE_INJECT_FACT_VARS": "False",
            "ANSIBLE_FORKS": FORKS,
            "ANSIBLE_LOCALHOST_WARNING": "False",
            # Neither among Ansible's own lines; 0 says that there is no terminal.
            "BENCHMARKS_REWRITE_LINES": ("" if verbose else "1") if terminal else "0",
            "COLUMNS": str(columns),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            **(region.environment_for(aws_region) if aws_region else {}),
        },
    )


def _shown(path: Path) -> Path:
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
