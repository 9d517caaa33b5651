"""Runs as the list of runs finds them: in directories, in EC2 and in S3."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from benchmarks.aws import tags
from benchmarks.results.result_keys import RunFolder
from benchmarks.runs import record_files
from benchmarks.runs.records import Ended, Instances, Terminated
from tests.support import recorded_runs, records, s3_bucket
from tests.support.aws_fakes import FakeClient
from tests.support.launch_account import IDENTITY

REGION = "eu-central-1"
NOW = records.STARTED + timedelta(hours=2)
LAUNCHED = records.STARTED
OWN_BUCKET = f"benchmarks-{IDENTITY['Account']}-{REGION}"


def tagged(
    run_id: str = "r1", owner: str | None = "alice", lifetime: str = "270", price: str = "0.36"
) -> dict[str, str]:
    """The tags of an instance that was launched."""
    found = {tags.RUN: run_id, tags.LIFETIME: lifetime, tags.PRICE: price}
    return {**found, **({tags.OWNER: owner} if owner else {})}


def shape(run_id: str = "r1", instance_id: str = "i-1", state: str = "running", **more: Any) -> dict[str, Any]:
    """An instance as DescribeInstances shows it."""
    of_tags = {name: more.pop(name) for name in ("owner", "lifetime", "price") if name in more}
    return {
        "InstanceId": instance_id,
        "InstanceType": "c7i.large",
        "State": {"Name": state},
        "LaunchTime": LAUNCHED,
        "Tags": tags.as_list(tagged(run_id, **of_tags)),
        **more,
    }


def launched(runs_dir: Path, run_id: str, *ids: str, ended: bool = False, measured: bool = True, **begun: Any) -> Path:
    """The directory of a run that has launched instances and measured on each, or measures if `measured` is false."""
    hosts = ids or ("i-1",)
    begin = recorded_runs.measured if measured else recorded_runs.begin
    run = begin(runs_dir, run_id, hosts=hosts, **begun)
    for one in hosts if not measured else ():
        (run / one / "1").mkdir(exist_ok=True)
        (run / one / "1/build.json").touch()
    found = tuple(records.instance(one, host=number, tags=tagged(run_id)) for number, one in enumerate(hosts, start=1))
    record_files.write(run, Instances(region=REGION, instances=found))
    if ended:
        record_files.write(run, Terminated(instances=tuple(Ended(instance_id=one, at=later(1)) for one in hosts)))
    return run


def later(hours: float) -> datetime:
    return LAUNCHED + timedelta(hours=hours)


def folder(
    run_id: str = "r1", started: datetime = LAUNCHED, suite: str = "one", machine: str = "c7i.large"
) -> RunFolder:
    return RunFolder(suite, started, machine, 1, "1.0.0", run_id)


class Account:
    """An account with instances in its regions, objects in the bucket `mine`, and no bucket of its own."""

    def __init__(
        self,
        instances: Mapping[str, list[dict[str, Any]] | Exception] | None = None,
        objects: dict[str, bytes] | None = None,
        identity: Mapping[str, str] | Exception = IDENTITY,
        endpoint: str | None = None,
        **s3: Any,
    ) -> None:
        self.regions = {REGION: [], **(instances or {})}
        self.asked: list[tuple[str, str | None]] = []
        self._endpoint = endpoint
        self.s3 = s3_bucket.bucket(objects or {}, **{"head_bucket": no_bucket(), **s3})
        self._sts = FakeClient(get_caller_identity=identity)

    def __call__(self, service: str, region: str | None = None) -> FakeClient:
        self.asked.append((service, region))
        if service == "ec2":
            return self._ec2(region or REGION)
        return {"s3": self.s3, "sts": self._sts}[service]

    def _ec2(self, region: str) -> FakeClient:
        found = self.regions[region]
        answer = found if isinstance(found, Exception) else {"Reservations": [{"Instances": found}]}
        ec2 = FakeClient(describe_instances=answer)
        ec2.meta = SimpleNamespace(
            region_name=region, endpoint_url=self._endpoint or f"https://ec2.{region}.amazonaws.com"
        )
        return ec2


def no_bucket() -> ClientError:
    return ClientError({"Error": {"Code": "404", "Message": "Not Found"}}, "HeadBucket")
