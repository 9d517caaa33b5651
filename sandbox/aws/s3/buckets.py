"""S3's rules for ownership of and access to buckets, which moto lacks by default.

- New buckets block public access and have ACLs disabled since April 2023:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
- Requests that set ACLs are then refused:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
- A bucket of another owner than expected is refused:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
- Anyone may read what a public policy allows, if public access is not blocked:
  https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from sandbox.aws.moto_repairs import Buckets
from sandbox.aws.protocol import ACCOUNT_BLOCK_PATH, AwsError, Backend, Call, Reply
from sandbox.aws.s3 import bucket_policies, checksums
from sandbox.aws.s3.account_block import AccountBlock
from sandbox.settings import Settings

OWNER_HEADER = "x-amz-expected-bucket-owner"
ACL_HEADER = "x-amz-acl"
GRANT_HEADERS = tuple(f"x-amz-grant-{kind}" for kind in ("read", "write", "read-acp", "write-acp", "full-control"))
# The only ACL that a bucket with ACLs disabled accepts.
OWNERS_ACL = "bucket-owner-full-control"


@dataclass(frozen=True)
class Place:
    """The bucket and key of a request; "" if it names none."""

    bucket: str
    key: str

    @classmethod
    def of(cls, call: Call) -> Place:
        bucket, _, key = call.path.lstrip("/").partition("/")
        return cls(bucket, key)


class S3:
    """Answers S3's calls. Thread-safe."""

    def __init__(self, settings: Settings, moto: Backend) -> None:
        self._moto = moto
        self._account_id = settings.account_id
        self._buckets = Buckets(settings.account_id)
        self._account_block = AccountBlock(settings.account_id)
        self._foreign: frozenset[str] = frozenset()
        self._lock = threading.Lock()

    def have_foreign(self, bucket: str, there: bool = True) -> None:
        """Make a bucket belong to another account, or to no one again."""
        with self._lock:
            self._foreign = self._foreign | {bucket} if there else self._foreign - {bucket}

    def open_to_all(self, call: Call) -> bool:
        """Whether an unsigned request reads an object that its bucket's policy makes public.

        Who may not list a bucket is not told either that an object is missing:
        https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        """
        place = Place.of(call)
        if call.access_key or call.method not in {"GET", "HEAD"} or not place.key:
            return False
        policy = self._buckets.policy(place.bucket)
        if not self._buckets.has_object(place.bucket, place.key):
            return False
        if policy is None or self._buckets.restricted(place.bucket) or self._account_block.restricts:
            return False
        return bucket_policies.lets_anybody_read(policy, place.bucket, place.key)

    def __call__(self, call: Call) -> Reply:
        """Answer a signed call. Raises AwsError."""
        place = Place.of(call)
        if not place.bucket:
            return self._moto(call)
        if call.path == ACCOUNT_BLOCK_PATH:
            return self._account_block(call)
        if call.action == "CreateBucket":
            return self._create(call, place)
        self._check_owner(call, place)
        if place.bucket and self._buckets.exists(place.bucket):
            self._check_acl(call, place)
            self._check_policy(call, place)
        if call.action in {"PutObject", "UploadPart"}:
            call = checksums.verified(call)
        reply = self._moto(call)
        if reply.ok and call.action == "DeleteBucket":
            self._buckets.end(place.bucket)
        return checksums.shown(reply) if call.action in {"GetObject", "HeadObject"} else reply

    def _create(self, call: Call, place: Place) -> Reply:
        if place.bucket in self._foreign:
            raise AwsError(
                "BucketAlreadyExists",
                "The requested bucket name is not available. The bucket namespace is shared by all users of the "
                "system. Please select a different name and try again.",
                409,
            )
        new = not self._buckets.exists(place.bucket)
        ownership = call.header("x-amz-object-ownership") or "BucketOwnerEnforced"
        if ownership == "BucketOwnerEnforced" and _sets_acl(call):
            raise AwsError(
                "InvalidBucketAclWithObjectOwnership",
                "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
            )
        reply = self._moto(call)
        if reply.ok and new:
            self._buckets.begin(place.bucket, ownership)
        return reply

    def _check_owner(self, call: Call, place: Place) -> None:
        expected = call.header(OWNER_HEADER)
        if place.bucket in self._foreign or (expected and expected != self._account_id):
            raise AwsError("AccessDenied", "Access Denied", 403)

    def _check_acl(self, call: Call, place: Place) -> None:
        if self._buckets.ownership(place.bucket) != "BucketOwnerEnforced":
            return
        if call.action in {"PutBucketAcl", "PutObjectAcl"} or _sets_acl(call):
            raise AwsError("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)

    def _check_policy(self, call: Call, place: Place) -> None:
        blocked = self._buckets.blocks_policies(place.bucket) or self._account_block.blocks_policies
        if call.action != "PutBucketPolicy" or not blocked:
            return
        if bucket_policies.is_public(call.body):
            raise AwsError(
                "AccessDenied",
                "User is not authorized to perform: s3:PutBucketPolicy on resource: "
                f'"arn:aws:s3:::{place.bucket}" because public policies are prevented by the BlockPublicPolicy '
                "setting in S3 Block Public Access.",
                403,
            )


def _sets_acl(call: Call) -> bool:
    canned = call.header(ACL_HEADER)
    return (canned not in {"", OWNERS_ACL}) or any(call.header(name) for name in GRANT_HEADERS)
