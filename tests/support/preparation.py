"""Makes what the tests take minutes to wait for, while others still run: the sandbox's images, and the Pythons.

    python -m tests.support.preparation

What cannot be made here is tried once more by the tests that need it, which then fail with the reason.
"""

from __future__ import annotations

import sys

from benchmarks.bootstrap import SetupError
from sandbox.service import lifecycle
from tests.support import oldest_and_newest


def _say(text: str) -> None:
    print(text, flush=True)


def main() -> int:
    try:
        for version in oldest_and_newest.VERSIONS:
            oldest_and_newest.environment(version)
        lifecycle.build_images(_say)
    except (SetupError, lifecycle.SandboxError) as error:
        print(f"tests: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
