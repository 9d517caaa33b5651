"""What was asked of a run, as its first object in S3: results that an instance uploads by itself are made with it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import botocore.exceptions
from msgspec.structs import replace

from benchmarks import __version__, hints
from benchmarks.aws import aws_errors
from benchmarks.aws.session import Client
from benchmarks.errors import RefusedError
from benchmarks.parameters import suites
from benchmarks.results import result_keys, run_folders
from benchmarks.results.result_keys import RunFolder
from benchmarks.results.uploads import Upload, object_of, send, stored_checksum, upload_of
from benchmarks.runs import record_files
from benchmarks.runs.records import Destination, Preflight, RunRequest, Values

# Paths, which mean nothing on another machine.
_OF_THIS_MACHINE = ("key_file", "runs_dir")


@dataclass(frozen=True)
class Uploaded:
    """Whether anything was uploaded, and the URIs of the objects; `warnings` say which could not be, and why."""

    changed: bool
    uris: tuple[str, ...]
    warnings: tuple[str, ...] = ()


def make(run_id: str, plan: Preflight, parameters: Values) -> RunRequest:
    """The record of a run's request.

    It has no secrets: parameters and plan have none (see host.url_secrets and aws.ec2_endpoint), and neither keys nor
    user data are part of them. The account's number and paths of this machine are nobody else's business. What a
    call of a continued run finds is left out, so that it changes only with the request.
    """
    given = {name: value for name, value in parameters.items() if name not in _OF_THIS_MACHINE}
    if suites.is_file(given["suite"]):
        given["suite"] = Path(given["suite"]).name
    return RunRequest(
        tool=f"benchmarks {__version__}",
        run_id=run_id,
        started=plan.started,
        parameters=given,
        plan=replace(plan, destination=None, measured=(), existing=(), gone=(), warnings=()),
    )


def upload(s3: Client, run_dir: Path, plan: Preflight, parameters: Values) -> Uploaded:
    """Write the record of a run that launches, and upload it to each of the run's folders in S3.

    Whoever reads a folder has then all that is needed, whatever other types the run has. An object is never replaced: a
    request that has changed since is another copy. If S3 refuses, nothing could be published either: raises
    RefusedError, unless an instance exists, whose results are worth more. Of what may pass by itself is only warned.
    Raises OSError if the directory cannot be written.
    """
    folders, target = run_folders.planned(run_dir.name, plan), plan.destination
    assert folders and target
    record_files.write(run_dir, make(run_dir.name, plan, parameters))
    found = upload_of(run_dir, RunRequest.FILE)
    each = [_to_folder(s3, folder, found, plan, target, parameters) for folder in folders]
    return Uploaded(
        any(one.changed for one in each),
        tuple(uri for one in each for uri in one.uris),
        tuple(warning for one in each for warning in one.warnings),
    )


def _to_folder(
    s3: Client, folder: RunFolder, found: Upload, plan: Preflight, target: Destination, parameters: Values
) -> Uploaded:
    for copy in itertools.count(1):
        key = f"{folder.key}{result_keys.request(copy)}"
        uri = f"s3://{target.bucket}/{key}"
        try:
            stored = stored_checksum(s3, object_of(target, key))
            if stored == found.encoded:
                return Uploaded(False, (uri,))
            if stored is None and send(s3, target, key, found):
                return Uploaded(True, (uri,))
        except aws_errors.errors() as error:
            if plan.existing or aws_errors.may_pass(error):
                return Uploaded(False, (uri,), (_warning(uri, error),))
            raise RefusedError(_refusal(target.bucket, error, parameters)) from None
    raise AssertionError("unreachable")


def _warning(uri: str, error: Exception) -> str:
    return (
        f"What was asked of the run could not be written to {uri}, and the run goes on: {aws_errors.sentence(error)} "
        "Until S3 takes objects again, results are on the instance and on this machine alone."
    )


def _refusal(bucket: str, error: Exception, parameters: Mapping[str, object]) -> str:
    if isinstance(error, botocore.exceptions.ClientError) and aws_errors.code(error) == "NoSuchBucket":
        remedy = "check --bucket" if parameters["bucket"] else f"run {hints.command_line('bench.setup')}"
        return f"The bucket {bucket} is gone, so nothing could be published: {remedy}."
    return f"Nothing can be published to the bucket {bucket}: {aws_errors.sentence(error)}"
