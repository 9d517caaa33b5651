"""The parameters of a run, in its directory."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

from benchmarks.errors import FailedError
from benchmarks.runs import files

PARAMETERS = "parameters.yml"
_PARAMETERS_BEFORE = ".parameters-before.yml"


def read_parameters(directory: Path) -> dict[str, Any]:
    """The parameters that a run was begun with. Raises FailedError where they are gone or damaged."""
    path = directory / PARAMETERS
    try:
        content = yaml.safe_load(path.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise FailedError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise FailedError(f"{path} has no parameters.")
    return content


def freeze_parameters(directory: Path, text: str) -> bool:
    """Write the parameters of a request, beside those of the one before; whether that changed anything. Raises OSError.

    What is refused later gives its place back: `settle_parameters`.
    """
    path, before = directory / PARAMETERS, directory / _PARAMETERS_BEFORE
    if path.exists() and not before.exists():
        shutil.copyfile(path, before)
    return files.write_whole(path, text)


def settle_parameters(directory: Path, accepted: bool) -> None:
    """Keep the parameters that were frozen last, or go back to those of the request before. Raises OSError."""
    before = directory / _PARAMETERS_BEFORE
    if before.exists():
        if accepted:
            before.unlink()
        else:
            before.replace(directory / PARAMETERS)
