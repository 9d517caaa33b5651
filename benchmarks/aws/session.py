"""Clients for AWS services, with credentials, retries and timeouts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Literal, Protocol

from benchmarks.aws import credentials, s3_addresses
from benchmarks.errors import RefusedError

Client = Any  # boto3 creates its client classes at run time
AwsShape = Mapping[str, Any]  # a structure of the AWS API, in a request or a response


class Connect(Protocol):
    """Creates a client for a service, in the run's region unless another is given."""

    def __call__(self, service: str, region: str | None = None) -> Client: ...


# Retries with backoff when AWS throttles: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
RETRY_MODE: Literal["adaptive"] = "adaptive"
ATTEMPTS = 8
OPTIONAL_SERVICES = ("pricing", "service-quotas")
BRIEF_ATTEMPTS = 3


def connector(region: str, attempts: int = ATTEMPTS, connect_timeout: float = 10) -> Connect:
    """A function that creates clients with credentials from botocore's credential chain.

    Credentials are looked for when it creates the first client: many commands need AWS only in some cases. It raises
    RefusedError for credentials that cannot be asked for (see credentials.settle) and for an endpoint that is no URL,
    BotoCoreError for what else botocore refuses.
    """
    # Imported here because this is half of a command's start-up time, and many commands do not need AWS.
    import boto3
    import botocore.config
    import botocore.exceptions

    @cache
    def session() -> Any:
        credentials.settle()
        return boto3.session.Session(region_name=region, **credentials.of_environment())

    config = botocore.config.Config(
        retries={"mode": RETRY_MODE, "max_attempts": attempts}, connect_timeout=connect_timeout, read_timeout=60
    )

    # A run can do without these services: out of reach, one may cost seconds, not all attempts.
    retries = {"mode": "standard", "total_max_attempts": BRIEF_ATTEMPTS}
    brief = {"retries": retries, "connect_timeout": 3, "read_timeout": 20}
    own = dict.fromkeys(OPTIONAL_SERVICES, brief)

    def connect(service: str, region: str | None = None) -> Client:
        def client(more: Mapping[str, Any]) -> Client:
            merged = config.merge(botocore.config.Config(**more))
            return session().client(service, region_name=region, config=merged)

        try:
            if service == "s3":
                return s3_addresses.client(client)
            if service == "s3control":
                return s3_addresses.control_client(client)
            # EC2 in another region is only asked why this one does not answer, and STS in a region, whose credentials
            # these are, which ending does without.
            return client(brief if service in ("ec2", "sts") and region else own.get(service, {}))
        except botocore.exceptions.BotoCoreError:
            raise
        except ValueError as error:
            raise RefusedError(
                f"{error}: set AWS_ENDPOINT_URL to a URL such as http://localhost:5000, or unset it."
            ) from None

    return connect


def disable_retries(client: Client, operation: str, codes: Collection[str]) -> None:
    """Make an operation of a client fail at once, without retries, with these error codes.

    botocore retries for half a minute after HTTP status 500, which EC2 also returns when it has no capacity:
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """

    def prevent_retry(response: Any, **_: Any) -> None:
        if response is not None and response[1].get("Error", {}).get("Code") in codes:
            response[0].status_code = 400

    event = f"needs-retry.{client.meta.service_model.service_id.hyphenize()}.{operation}"
    client.meta.events.register_first(event, prevent_retry, unique_id=f"disable-retries-{operation}")
