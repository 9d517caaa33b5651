"""What S3's calls need.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html names each operation's actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote
from xml.etree import ElementTree

from sandbox.aws.iam.needs import Need
from sandbox.aws.protocol import Call

# Operations on a bucket, with the name of their action where it is another.
BUCKET: Mapping[str, str] = {
    **{
        name: name
        for name in (
            *("CreateBucket", "DeleteBucket", "DeleteBucketPolicy", "GetBucketAcl", "GetBucketLocation"),
            *("GetBucketLogging", "GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPolicyStatus"),
            *("GetBucketRequestPayment", "GetBucketTagging", "GetBucketVersioning", "PutBucketAcl"),
            *("PutBucketLogging", "PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketTagging"),
            "PutBucketVersioning",
        )
    },
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
# Operations on an object.
OBJECT: Mapping[str, str] = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "ListParts": "ListMultipartUploadParts",
    "PutObject": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
# Operations of S3 Control on an account, as the sandbox calls them:
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
ACCOUNT: Mapping[str, str] = {
    "DeleteAccountPublicAccessBlock": "PutAccountPublicAccessBlock",
    "GetAccountPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutAccountPublicAccessBlock": "PutAccountPublicAccessBlock",
}
# Those that have another action for a version of an object: https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
OF_VERSION = frozenset({"GetObject", "HeadObject", "DeleteObject"})
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html
PARTS = frozenset({"CreateMultipartUpload", "UploadPart", "UploadPartCopy"})
LISTS = frozenset({"ListObjects", "ListObjectsV2", "ListObjectVersions"})
# Headers of a new bucket or object that need an action of their own:
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html#API_CreateBucket_Permissions and
# https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html#API_PutObject_Permissions
BUCKET_HEADERS: Mapping[str, str] = {
    "x-amz-object-ownership": "s3:PutBucketOwnershipControls",
    "x-amz-acl": "s3:PutBucketAcl",
}
OBJECT_HEADERS: Mapping[str, str] = {"x-amz-acl": "s3:PutObjectAcl", "x-amz-tagging": "s3:PutObjectTagging"}


def permission(operation: str) -> str | None:
    """The action in policies of an operation of S3, None if it is not known."""
    known = {"ListBuckets": "ListAllMyBuckets", "DeleteObjects": "DeleteObject", **ACCOUNT, **BUCKET, **OBJECT}
    name = known.get(operation)
    return name and f"s3:{name}"


def needs(call: Call) -> list[Need]:
    """What a call needs. Raises NotImplementedError for an operation that is not known here.

    DeleteObjects is denied as a whole if one object is; S3 deletes the others and names that one in its answer.
    """
    bucket, _, key = call.path.lstrip("/").partition("/")
    place, whole = f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/{key}"
    if call.action == "ListBuckets":
        return [Need("s3:ListAllMyBuckets")]
    if call.action in ACCOUNT:
        return [Need(f"s3:{ACCOUNT[call.action]}")]
    if call.action == "DeleteObjects":
        return [Need(action, f"{place}/{name}") for action, name in _deleted(call)]
    if call.action in BUCKET:
        more = _by_headers(call, BUCKET_HEADERS, place) if call.action == "CreateBucket" else []
        prefix = {"s3:prefix": (call.query["prefix"],)} if call.action in LISTS and "prefix" in call.query else {}
        return [Need(f"s3:{BUCKET[call.action]}", place, prefix), *more]
    if call.action not in OBJECT:
        raise NotImplementedError(f"the permissions for s3 {call.action or call.method}")
    if call.action in {"CopyObject", "UploadPartCopy"}:
        source = unquote(call.header("x-amz-copy-source")).lstrip("/").partition("?")[0]
        copied = [Need("s3:GetObject", f"arn:aws:s3:::{source}")]
    else:
        copied = []
    version = "Version" if call.action in OF_VERSION and "versionId" in call.query else ""
    context: dict[str, tuple[str, ...]] = {}
    if OBJECT[call.action] == "PutObject":
        context["s3:objectcreationoperation"] = ("false" if call.action in PARTS else "true",)
        if value := call.header("if-none-match"):
            context["s3:if-none-match"] = (value,)
        copied += _by_headers(call, OBJECT_HEADERS, whole)
    return [Need(f"s3:{OBJECT[call.action]}{version}", whole, context), *copied]


def _by_headers(call: Call, actions: Mapping[str, str], resource: str) -> list[Need]:
    return [Need(action, resource) for header, action in actions.items() if call.header(header)]


def _deleted(call: Call) -> list[tuple[str, str]]:
    """The action for, and the key of, each object that DeleteObjects names."""
    found: list[tuple[str, str]] = []
    for item in ElementTree.fromstring(call.body):
        values = {child.tag.rpartition("}")[2]: child.text or "" for child in item}
        if "Key" in values:
            found.append(("s3:DeleteObjectVersion" if "VersionId" in values else "s3:DeleteObject", values["Key"]))
    return found
