"""Settings that a user may choose when a sandbox is started, given as NAME=VALUE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from benchmarks import hints

# sandbox/settings.py documents each of them.
KINDS: Mapping[str, type[int] | type[float] | type[str]] = {
    "region": str,
    "account_id": str,
    "tag_delay_seconds": float,
    "instance_delay_seconds": float,
    "profile_delay_seconds": float,
    "status_check_seconds": float,
    "terminated_visible_seconds": float,
    "vcpu_quota": int,
    "regions_off": str,
}


def parse(words: Iterable[str]) -> dict[str, int | float | str]:
    """Values by name. Raises ValueError, in a sentence for the user, for an invalid name or value."""
    chosen: dict[str, int | float | str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if name not in KINDS or not equals:
            hint = hints.nearest(name, KINDS)
            raise ValueError(f"There is no setting {word!r}.{hint} Known, as NAME=VALUE: {', '.join(KINDS)}.")
        try:
            chosen[name] = KINDS[name](value)
        except ValueError:
            raise ValueError(f"The setting {name} takes a number, not {value!r}.") from None
    return chosen
