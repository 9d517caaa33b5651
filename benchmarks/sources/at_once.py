"""Several requests at once, with progress on a terminal."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from rich.console import Console
from rich.progress import track

Item = TypeVar("Item")
Result = TypeVar("Result")

# As many as botocore keeps connections.
LIMIT = 10


def each_of(items: Sequence[Item], work: Callable[[Item], Result], description: str) -> Iterator[Result]:
    """What `work` makes of each item, in their order. Some are worked on at once, with progress on a terminal."""
    console = Console(stderr=True)
    hidden = len(items) == 1 or not console.is_terminal
    begun: deque[Future[Result]] = deque()
    for item in track(items, description, console=console, transient=True, disable=hidden):
        begun.append(_begin(partial(work, item)))
        if len(begun) == LIMIT:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


def _begin(work: Callable[[], Result]) -> Future[Result]:
    """Start `work` in a thread that does not keep the process from ending, as Ctrl-C asks for."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future
