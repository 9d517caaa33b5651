"""`request.yml`, the request as ./inv writes it, and `parameters.yml`, the parameters that preflight settled on."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import yaml

from benchmarks.errors import FailedError
from benchmarks.runs import files, yaml_content
from benchmarks.runs.records import Values

REQUEST = "request.yml"
PARAMETERS = "parameters.yml"
_PARAMETERS_BEFORE = ".parameters-before.yml"


def read_parameters(directory: Path) -> Values:
    """The parameters of a run. Raises FailedError if they are missing or damaged."""
    return _read(directory / PARAMETERS)


def read_request(directory: Path) -> Values:
    """The request as ./inv has written it. Raises FailedError if it is missing or damaged."""
    return _read(directory / REQUEST)


def _read(path: Path) -> Values:
    try:
        content = yaml_content.load(path.read_bytes())
    except (OSError, yaml.YAMLError) as error:
        raise FailedError(
            f"{path} cannot be read ({' '.join(str(error).split())}): leave run_id out to start a new run."
        ) from None
    if not isinstance(content, dict):
        raise FailedError(f"{path} has no parameters: leave run_id out to start a new run.")
    return content


class Request:
    """The request file in a run's directory. If a new request is refused, the previous one is restored."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / REQUEST
        self._before = self._path.read_bytes() if self._path.exists() else None

    def write(self, values: Values) -> Path:
        """Write the request for ansible-playbook and return the file's path. Raises OSError."""
        files.write_whole(self._path, _text(values))
        return self._path

    def withdraw(self) -> None:
        """Restore the previous request."""
        with suppress(OSError):
            if self._before is None:
                self._path.unlink(missing_ok=True)
            else:
                files.write_whole(self._path, self._before)


def freeze(directory: Path, values: Values) -> bool:
    """Write the parameters, keeping a copy of the previous ones; return whether they changed. Raises OSError.

    `accept` then removes the copy, and `refuse` restores it. The copy is empty if there were none.
    """
    path, before = directory / PARAMETERS, directory / _PARAMETERS_BEFORE
    if not before.exists():
        files.write_whole(before, path.read_bytes() if path.exists() else b"")
    return files.write_whole(path, _text(values))


def before(directory: Path) -> bytes | None:
    """The parameters before those that `freeze` wrote, None if there were none. Raises OSError."""
    for name in (_PARAMETERS_BEFORE, PARAMETERS):
        with suppress(FileNotFoundError):
            return (directory / name).read_bytes() or None
    return None


def accept(directory: Path) -> None:
    """Keep the parameters that `freeze` wrote last. Raises OSError."""
    (directory / _PARAMETERS_BEFORE).unlink(missing_ok=True)


def refuse(directory: Path) -> None:
    """Restore the parameters before those that `freeze` wrote, or that there were none. Raises OSError."""
    path, before = directory / PARAMETERS, directory / _PARAMETERS_BEFORE
    with suppress(FileNotFoundError):
        if before.stat().st_size:
            before.replace(path)
        else:
            path.unlink(missing_ok=True)
            before.unlink()


def _text(values: Values) -> str:
    # Converted through JSON, since PyYAML cannot represent Ansible's own string types.
    return yaml.safe_dump(json.loads(json.dumps(values)), sort_keys=False)
