"""Where a run's results will be published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import botocore.exceptions

from benchmarks import hints
from benchmarks.account.bucket import default_name
from benchmarks.aws.aws_errors import code
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError


def plan_publishing(
    parameters: Mapping[str, Any], suite: Mapping[str, Any], s3: Client, account: str, started: datetime
) -> dict[str, Any]:
    """The bucket for the results, with what their keys begin with. Raises RefusedError where it cannot be used."""
    bucket = parameters["bucket"] or default_name(account, parameters["region"])
    try:
        head = s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except botocore.exceptions.ClientError as error:
        reasons = {
            "404": f"There is no bucket {bucket}: "
            + (
                "check --bucket."
                if parameters["bucket"]
                else f"run {hints.command_line('bench.setup')}, which creates it."
            ),
            "403": f"The bucket {bucket} belongs to another account, or your AWS user may not use it: give "
            f"one of yours by --bucket.",
        }
        if code(error) in reasons:
            raise RefusedError(reasons[code(error)]) from None
        raise
    return {
        "bucket": bucket,
        "account": account,
        "region": head["ResponseMetadata"]["HTTPHeaders"].get("x-amz-bucket-region") or parameters["region"],
        "suite": suite["name"],
        "started": started.astimezone(UTC).isoformat(),
    }
