"""The AWS region of a request."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks.errors import RefusedError
from benchmarks.hints import nearest

VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
MISSING = (
    "No AWS region is set: give --region, such as --region eu-central-1, or set AWS_DEFAULT_REGION or the region of "
    "your AWS profile."
)


def of_environment(environment: Mapping[str, str]) -> str | None:
    """The region of the environment variables, else of the AWS profile.

    Raises RefusedError for an unknown profile, and for a configuration that cannot be read.
    """
    for variable in VARIABLES:
        if environment.get(variable):
            return environment[variable]
    # Imported here: it takes longer than everything else in a cached answer, and usually a variable sets the region.
    import botocore.exceptions
    import botocore.session

    from benchmarks.aws import aws_errors

    try:
        region: str | None = botocore.session.Session().get_config_variable("region")
    except botocore.exceptions.BotoCoreError as error:
        raise RefusedError(aws_errors.explain(error)) from None
    return region


def choose(given: str | None, environment: Mapping[str, str]) -> str:
    """The region given, else the environment's.

    Raises RefusedError if there is none, if AWS has no such region, and if the two differ: whatever reads only the
    environment (the dynamic inventory, another shell) would look for the run's instances in the wrong region.
    """
    named = next((environment[v] for v in VARIABLES if environment.get(v)), None)
    if given and named and given != named:
        variable = next(v for v in VARIABLES if environment.get(v))
        raise RefusedError(
            f"region is {given}, but the environment's {variable} is {named}: "
            "set one of them to the other's value, or leave region out."
        )
    if chosen := given or of_environment(environment):
        return check(chosen)
    raise RefusedError(MISSING)


def known() -> tuple[str, ...]:
    """All regions in the data of the installed botocore. Does not call AWS."""
    found = importlib.util.find_spec("botocore")
    assert found and found.origin
    partitions = json.loads((Path(found.origin).parent / "data/partitions.json").read_text())["partitions"]
    return tuple(
        region for partition in partitions for region in partition["regions"] if not region.endswith("-global")
    )


def check(region: str) -> str:
    """Return `region`. Raises RefusedError, which lists the known regions, if AWS has no such region."""
    if region in (regions := known()):
        return region
    raise RefusedError(f"There is no AWS region {region}.{nearest(region, regions)} Known: {', '.join(regions)}.")


def environment_for(region: str) -> dict[str, str]:
    """The environment variables that make every child process use `region`."""
    return dict.fromkeys(VARIABLES, region)
