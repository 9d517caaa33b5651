"""What was asked for, and what holds: `request.yml` is written by ./inv, `parameters.yml` by preflight."""

from __future__ import annotations

import json
import shutil
from contextlib import suppress
from pathlib import Path

import yaml

from benchmarks.errors import FailedError
from benchmarks.runs import files
from benchmarks.runs.records import Values

REQUEST = "request.yml"
PARAMETERS = "parameters.yml"
_PARAMETERS_BEFORE = ".parameters-before.yml"


def read_parameters(directory: Path) -> Values:
    """The parameters that a run was begun with. Raises FailedError where they are gone or damaged."""
    path = directory / PARAMETERS
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise FailedError(f"{path} has no parameters.")
    return content


class Request:
    """The request of a run's directory. One that is refused later gives its place back to the one before."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / REQUEST
        self._before = self._path.read_text() if self._path.exists() else None

    def write(self, values: Values) -> Path:
        """Write what was asked for, for ansible-playbook to read; the file. Raises OSError."""
        files.write_whole(self._path, _text(values))
        return self._path

    def withdraw(self) -> None:
        """Go back to the request before."""
        with suppress(OSError):
            if self._before is None:
                self._path.unlink(missing_ok=True)
            else:
                files.write_whole(self._path, self._before)


def freeze(directory: Path, values: Values) -> bool:
    """Write what holds, beside what held before; whether that changed anything. Raises OSError.

    What is refused later gives its place back: `accept`, `refuse`.
    """
    path, before = directory / PARAMETERS, directory / _PARAMETERS_BEFORE
    if path.exists() and not before.exists():
        shutil.copyfile(path, before)
    return files.write_whole(path, _text(values))


def accept(directory: Path) -> None:
    """Keep the parameters that were frozen last. Raises OSError."""
    (directory / _PARAMETERS_BEFORE).unlink(missing_ok=True)


def refuse(directory: Path) -> None:
    """Go back to the parameters that held before, if any did. Raises OSError."""
    with suppress(FileNotFoundError):
        (directory / _PARAMETERS_BEFORE).replace(directory / PARAMETERS)


def _text(values: Values) -> str:
    # By way of JSON, since Ansible's own kinds of strings are not YAML's.
    return yaml.safe_dump(json.loads(json.dumps(values)), sort_keys=False)
