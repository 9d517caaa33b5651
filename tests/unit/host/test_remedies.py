"""What to do about what Cargo and the compiler say."""

from __future__ import annotations

import pytest

from benchmarks.host import remedies


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ("  a@2.4.0 requires rustc 1.88\n  b@2.4.0 requires rustc 1.9\n", "newer compiler by --toolchain 1.88,"),
        ("feature `edition2024` is required", "newer compiler by --toolchain stable,"),
        ("this version of Cargo is older than the `2024` edition, and only", "newer compiler by --toolchain stable,"),
        ("error[E0554]: `#![feature]` may not be used on the stable release channel", 'RUSTC_BOOTSTRAP: "1"'),
        ("error[E0635]: unknown feature `trivial_clone`", "give one from that time by --toolchain"),
        ("target `x` in package `own` requires the features: `fast`", "Name them in the suite's features."),
        ("error: no bench target named `bench`.", "must be [[bench]] targets of the source's Cargo.toml"),
        ("can't find `x` bench at `benches/x.rs`", "by git and ref"),
        ("error[E0463]: can't find crate for `criterion`", "by git and ref"),
        ("error: Unrecognized option: 'sample-size'", "put harness = false below the [[bench]]"),
        ("error: unexpected argument '--sample' found", "Correct the suite's arguments"),
        ("failed to find a workspace root", "Name the workspace's own directory"),
        ("the lock file /a/Cargo.lock needs to be updated but --locked was passed", "by cargo update in the source"),
        ("write failed: No space left on device (os error 28)", "Raise minimum_disk"),
        ("memory allocation of 123 bytes failed", "more memory"),
        ("error: linker `cc` not found", "by --ami"),
        (
            "failed to download from `https://x/a`\n\nCaused by:\n  [7] Could not connect to server",
            "The server of crates does not answer",
        ),
        (
            "failed to get successful HTTP response from `https://x/a` (1.2.3.4), got 503",
            "The server of crates does not",
        ),
    ],
)
def test_what_is_known_has_a_remedy(said: str, remedy: str) -> None:
    assert remedy in remedies.of(said)


@pytest.mark.parametrize(
    "said",
    ["error: mismatched types", "failed to get successful HTTP response from `https://x/a` (1.2.3.4), got 404"],
)
def test_what_is_not_known_has_none(said: str) -> None:
    assert remedies.of(said) == ""
