"""What AWS tells of runs: their instances in EC2, and the folders of their results in S3.

What cannot be asked is a sentence, and keeps nothing else from being asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from benchmarks.aws import aws_errors, caller, ec2_endpoint, instances, opt_in_regions
from benchmarks.aws.resource_names import default_bucket
from benchmarks.aws.session import AwsShape, Client, Connect
from benchmarks.results.result_keys import RunFolder
from benchmarks.sources import at_once, s3_folders, s3_objects
from benchmarks.sources.places import SCHEME
from benchmarks.sources.published_runs import PublishedRuns
from benchmarks.sources.selection import Selection

# A list is no reason to wait for long: fewer and shorter attempts than those of a run.
ATTEMPTS = 3
CONNECT_TIMEOUT = 5.0  # seconds
_NOTHING_ASKED = "Only what is known here is shown, since AWS cannot be asked: {why}"


@dataclass(frozen=True)
class Seen:
    """An instance in a region, as DescribeInstances shows it."""

    region: str
    instance: AwsShape


@dataclass(frozen=True)
class Folder:
    """The folder of a run in a bucket."""

    bucket: str
    run: RunFolder
    s3: Client = field(compare=False, repr=False)

    @property
    def uri(self) -> str:
        return f"{SCHEME}{self.bucket}/{self.run.key}"

    def keys(self) -> list[str]:
        """The keys of what is in it. Raises RefusedError."""
        return list(s3_objects.keys(self.s3, self.bucket, self.run.key))

    def has_results(self) -> bool:
        """Whether there are results of an attempt in it, or a log of which they can be made. Raises RefusedError.

        What was asked for is none, nor is what an instance says of an attempt of which it could upload neither, nor the
        log of a build.
        """
        found = (one for one in s3_folders.folders(self.keys(), self.run.key) if one.attempt)
        return any(one.wanted and not one.is_of_a_build for one in found)


@dataclass(frozen=True)
class Answer:
    """What AWS told. `endpoints` has the regions that answered, with the endpoint's URL if it is not AWS's own."""

    account: str | None = None
    owner: str | None = None
    endpoints: dict[str, str | None] = field(default_factory=dict)
    seen: tuple[Seen, ...] = ()
    folders: tuple[Folder, ...] = ()
    unknown: tuple[str, ...] = ()  # sentences on what could not be asked
    refused: str = ""  # why nothing could be asked at all


def nothing(why: str) -> Answer:
    """The answer if AWS cannot be asked at all."""
    return Answer(unknown=(_NOTHING_ASKED.format(why=why),), refused=why)


def ask(connect: Connect, regions: Sequence[str], buckets: Sequence[str], default_in: str | None = None) -> Answer:
    """Ask EC2 in each region for the instances of all runs, and S3 for the runs in each bucket, several at once.

    With `default_in`, the account's own bucket in that region is asked too, if there is one.
    """
    try:
        identity = connect("sts").get_caller_identity()
        account = str(identity["Account"])
        questions = list(_questions(connect, account, regions, buckets, default_in))
    except aws_errors.errors() as error:
        return nothing(opt_in_regions.sentence(error, connect, default_in))
    answers = [
        one if isinstance(one, Answer) else Answer(unknown=(_unknown(question, one, connect),))
        for question, one in zip(questions, at_once.each_of(questions, _answer, "Asking AWS"), strict=True)
    ]
    return Answer(
        account=account,
        owner=caller.of(identity),
        endpoints={region: url for one in answers for region, url in one.endpoints.items()},
        seen=tuple(chain.from_iterable(one.seen for one in answers)),
        folders=tuple(chain.from_iterable(one.folders for one in answers)),
        unknown=tuple(chain.from_iterable(one.unknown for one in answers)),
    )


@dataclass(frozen=True)
class _Question:
    about: str  # a region, or the URI of a bucket
    region: str | None
    ask: Callable[[], Answer]


def _questions(
    connect: Connect, account: str, regions: Sequence[str], buckets: Sequence[str], default_in: str | None
) -> Iterator[_Question]:
    # All clients are made here, since a session of boto3 is not meant for several threads:
    # https://docs.aws.amazon.com/boto3/latest/guide/session.html#multithreading-or-multiprocessing-with-sessions
    for region in regions:
        yield _Question(region, region, partial(_in_region, connect("ec2", region), region))
    s3 = connect("s3")
    for bucket in buckets:
        yield _Question(f"{SCHEME}{bucket}", None, partial(_in_bucket, s3, bucket))
    own = default_bucket(account, default_in) if default_in else None
    if own and own not in buckets:
        yield _Question(f"{SCHEME}{own}", None, partial(_in_own_bucket, s3, own, account))


def _answer(question: _Question) -> Answer | Exception:
    try:
        return question.ask()
    except aws_errors.errors() as error:
        return error


def _unknown(question: _Question, error: Exception, connect: Connect) -> str:
    why = opt_in_regions.sentence(error, connect, question.region)
    return f"{question.about} cannot be asked: {why}"


def _in_region(ec2: Client, region: str) -> Answer:
    found = tuple(Seen(region, instance) for instance in instances.of_all_runs(ec2))
    return Answer(endpoints={region: ec2_endpoint.unless_aws(ec2.meta.endpoint_url)}, seen=found)


def _in_bucket(s3: Client, bucket: str) -> Answer:
    return Answer(folders=tuple(Folder(bucket, run, s3) for run in PublishedRuns(s3, bucket, Selection()).folders))


def _in_own_bucket(s3: Client, bucket: str, account: str) -> Answer:
    """The same of the account's own bucket, which need not exist, and whose name anyone may have taken.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
    """
    if aws_errors.unless("404", lambda: s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)) is None:
        return Answer()
    return _in_bucket(s3, bucket)
