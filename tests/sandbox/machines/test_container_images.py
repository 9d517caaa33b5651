"""Images are built when what goes into them has changed, and only then."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sandbox.machines import container_images, host_configuration
from sandbox.machines.container_images import ImageError
from sandbox.machines.engine import Engine, EngineError, Facts, docker
from sandbox.machines.host_configuration import HostConfig

CONFIG = HostConfig({"apt.conf": "a"}, "http://mirror.example/debian", ("pip: index-url",))


@dataclass
class Calls:
    """What an engine was told, and which images it has."""

    there: set[str] = field(default_factory=set)
    made: list[tuple[str, ...]] = field(default_factory=list)
    failing: str = ""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    """An engine of the test's own in place of one that runs."""
    calls = Calls()

    def call(_engine: Engine, *arguments: str, **_options: Any) -> str:
        if arguments[0] == "images" and "--filter" in arguments:
            return "id\n" if arguments[-1].removeprefix("reference=") in calls.there else ""
        if arguments[0] == "images":
            return "\n".join(sorted(calls.there))
        calls.made.append(arguments)
        if arguments[0] == calls.failing:
            raise EngineError(f"docker {arguments[0]}: no space left")
        if arguments[0] == "build":
            calls.there.add(arguments[arguments.index("--tag") + 1])
        return ""

    monkeypatch.setattr(Engine, "call", call)
    monkeypatch.setattr(host_configuration, "read", lambda: CONFIG)
    monkeypatch.setattr(container_images, "machine_wide", lambda _subject: nullcontext())
    return calls


@pytest.fixture
def engine() -> Engine:
    return docker(Facts(False, 2, frozenset({"memory"}), runc=True, systemd=True, may_raise_limits=True))


def test_an_images_name_changes_with_what_goes_into_it() -> None:
    name = container_images.tag("default", CONFIG)
    assert name == container_images.tag("default", CONFIG)
    assert name.startswith("localhost/benchmarks-sandbox:default-")
    assert name != container_images.tag("default", replace(CONFIG, files={"apt.conf": "b"}))
    assert name != container_images.tag("rust", CONFIG)


def test_an_image_is_built_once_and_secrets_that_are_left_out_of_it_are_told(calls: Calls, engine: Engine) -> None:
    said: list[str] = []
    name = container_images.ensure(engine, "default", said.append)
    assert [words[0] for words in calls.made] == ["pull", "build"]
    assert said[0] == "Left out of the image, since it holds a password: pip: index-url"
    assert container_images.ensure(engine, "default", said.append) == name
    assert len(calls.made) == 2


def test_an_image_that_is_known_is_not_asked_for(calls: Calls, engine: Engine) -> None:
    known = {container_images.tag("rust", CONFIG)}
    assert container_images.ensure(engine, "rust", print, known) in known
    assert calls.made == []


def test_an_image_that_cannot_be_built_is_told_with_the_engines_words(calls: Calls, engine: Engine) -> None:
    calls.failing = "build"
    with pytest.raises(ImageError, match=r"^The sandbox's image could not be built\. docker build: no space left$"):
        container_images.ensure(engine, "default", lambda _: None)


def test_only_images_of_sandboxes_are_removed(calls: Calls, engine: Engine) -> None:
    own = container_images.tag("default", CONFIG)
    calls.there |= {own, "docker.io/library/debian:trixie-slim", "localhost/other:1"}
    container_images.remove_all(engine)
    assert calls.made == [("rmi", own)]
    calls.there.discard(own)
    container_images.remove_all(engine)
    assert len(calls.made) == 1
