"""What anyone gets of S3, without credentials."""

from __future__ import annotations

import http.client
import os
import ssl
import urllib.request


def opens(url: str, timeout: float = 10.0) -> bool:
    """Whether a link without a signature opens, asked as a browser would, for headers alone; `timeout` is in seconds.

    False as well if that cannot be found out. The CA bundle is the one that botocore is told of:
    https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html
    """
    try:
        context = ssl.create_default_context(cafile=os.environ.get("AWS_CA_BUNDLE") or None)
        request = urllib.request.Request(url, method="HEAD")
        with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:
            return bool(answer.status == http.HTTPStatus.OK)
    except (OSError, http.client.HTTPException, ValueError):
        return False
