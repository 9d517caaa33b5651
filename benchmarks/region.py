"""Which AWS region a request means."""

from __future__ import annotations

from collections.abc import Mapping

import botocore.exceptions
import botocore.session

from benchmarks.errors import RefusedError

VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
MISSING = "No AWS region is set: give --region, such as --region eu-central-1, or set AWS_DEFAULT_REGION or the region of your AWS profile."


def of_environment(environment: Mapping[str, str]) -> str | None:
    """The region that the environment's variables name, else that of its AWS profile."""
    for variable in VARIABLES:
        if environment.get(variable):
            return environment[variable]
    try:
        region: str | None = botocore.session.Session().get_config_variable("region")
    except botocore.exceptions.ProfileNotFound as error:
        raise RefusedError(f"{error}: set AWS_PROFILE to a profile of ~/.aws/config, or unset it.") from None
    return region


def choose(given: str | None, environment: Mapping[str, str]) -> str:
    """The region given, else the environment's.

    Raises RefusedError where there is none, and where the two contradict each other: what reads the environment alone (the
    dynamic inventory, a shell beside this one) would look for the run's instances in the wrong region.
    """
    named = next((environment[v] for v in VARIABLES if environment.get(v)), None)
    if given and named and given != named:
        variable = next(v for v in VARIABLES if environment.get(v))
        raise RefusedError(f"region is {given}, but the environment's {variable} is {named}: set one of them to the other's value, or leave region out.")
    if chosen := given or of_environment(environment):
        return chosen
    raise RefusedError(MISSING)


def environment_for(region: str) -> dict[str, str]:
    """The variables that make every child process use `region`, whichever of them it reads."""
    return dict.fromkeys(VARIABLES, region)
