"""The ansible-playbook command of a run. The one module here that knows of Ansible's command line."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks import region
from benchmarks.interface import ROOT


@dataclass(frozen=True)
class Command:
    """What to run, and what to add to the environment."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]

    def __str__(self) -> str:
        """The same job by hand, from the repository's root."""
        return shlex.join(("ansible-playbook", *self.argv[1:]))


def playbook(name: str, parameters: Path, aws_region: str | None, *, terminal: bool, columns: int) -> Command:
    """The command that runs a playbook with the parameters in a file.

    With `terminal` a line of progress may be rewritten, for which `columns` is the width.
    """
    shown = parameters.relative_to(ROOT) if parameters.is_relative_to(ROOT) else parameters
    return Command(
        argv=(str(Path(sys.executable).parent / "ansible-playbook"), f"playbooks/{name}.yml", "-e", f"@{shown}"),
        environment={
            "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
            "ANSIBLE_STDOUT_CALLBACK": "stages",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "BENCHMARKS_REWRITE_LINES": "1" if terminal else "0",
            "COLUMNS": str(columns),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
            **(region.environment_for(aws_region) if aws_region else {}),
        },
    )
