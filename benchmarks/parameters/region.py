"""Which AWS region a request means."""

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
    """The region that the environment's variables name, else that of its AWS profile."""
    for variable in VARIABLES:
        if environment.get(variable):
            return environment[variable]
    # Importing botocore takes longer than all else that a cached answer needs, and mostly a variable names the region.
    import botocore.exceptions
    import botocore.session

    try:
        region: str | None = botocore.session.Session().get_config_variable("region")
    except botocore.exceptions.ProfileNotFound as error:
        raise RefusedError(f"{error}: set AWS_PROFILE to a profile of ~/.aws/config, or unset it.") from None
    return region


def choose(given: str | None, environment: Mapping[str, str]) -> str:
    """The region given, else the environment's.

    Raises RefusedError where there is none, where AWS has no such region, and where the two contradict each other: what
    reads the environment alone (the dynamic inventory, a shell beside this one) would look for the run's instances in
    the wrong region.
    """
    named = next((environment[v] for v in VARIABLES if environment.get(v)), None)
    if given and named and given != named:
        variable = next(v for v in VARIABLES if environment.get(v))
        raise RefusedError(
            f"region is {given}, but the environment's {variable} is {named}: set one of them to the other's "
            f"value, or leave region out."
        )
    if chosen := given or of_environment(environment):
        return check(chosen)
    raise RefusedError(MISSING)


def known() -> tuple[str, ...]:
    """Every region that the installed botocore knows, from its data alone."""
    found = importlib.util.find_spec("botocore")
    assert found and found.origin
    partitions = json.loads((Path(found.origin).parent / "data/partitions.json").read_text())["partitions"]
    return tuple(
        region for partition in partitions for region in partition["regions"] if not region.endswith("-global")
    )


def check(region: str) -> str:
    """`region` itself. Raises RefusedError, with those that there are, where AWS has no such region."""
    if region in (regions := known()):
        return region
    raise RefusedError(f"There is no AWS region {region}.{nearest(region, regions)} Known: {', '.join(regions)}.")


def environment_for(region: str) -> dict[str, str]:
    """The variables that make every child process use `region`, whichever of them it reads."""
    return dict.fromkeys(VARIABLES, region)
