"""Makes the missing parts, side by side where they do not need each other, and says what it does."""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from local.set_up.errors import SetUpError
from local.set_up.layout import Layout
from local.set_up.mirrors import tool_environment
from local.set_up.part import Part

OSERROR_ADVICE = "See that .local/ can be written and that its disk has 4 GB free; then try again."


def make_missing(layout: Layout, parts: Sequence[Part]) -> bool:
    """Makes what does not stand of `parts` (each listed after its needs). False when one failed; the rest is kept.

    How long each took is printed and written to `.local/set_up.json` as {"seconds": {part: seconds, "total": ...}}.
    """
    start = time.monotonic()
    layout.local.mkdir(exist_ok=True)
    seconds: dict[str, float] = {}
    failed = False
    if not all(part.stands(layout) for part in parts):
        with _alone(layout):
            failed = not _make_side_by_side(layout, parts, seconds)
    seconds["total"] = round(time.monotonic() - start, 1)
    (layout.local / "set_up.json").write_text(json.dumps({"seconds": seconds}) + "\n")
    if not failed:
        _say(f"everything stands ({seconds['total']} s)")
    return not failed


def _make_side_by_side(layout: Layout, parts: Sequence[Part], seconds: dict[str, float]) -> bool:
    environment = tool_environment(os.environ)
    futures: dict[str, Future[bool]] = {}

    def make(part: Part) -> bool:
        if not all(futures[need].result() for need in part.needs):
            return False
        start = time.monotonic()
        if not part.stands(layout):
            _say(f"making {part.name}: {part.title}")
            try:
                part.make(layout, environment)
            except (SetUpError, OSError) as error:
                advice = error.advice if isinstance(error, SetUpError) else OSERROR_ADVICE
                _say(f"{part.name} FAILED: {error}\n  What to do: {advice}")
                return False
            seconds[part.name] = round(time.monotonic() - start, 1)
            _say(f"made {part.name} in {seconds[part.name]} s")
        return True

    with ThreadPoolExecutor(max_workers=len(parts)) as threads:
        for part in parts:
            futures[part.name] = threads.submit(make, part)
    return all(future.result() for future in futures.values())


@contextmanager
def _alone(layout: Layout) -> Iterator[None]:
    """Two set-ups of one clone take turns; the second then finds everything made."""
    with (layout.local / "set_up.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another set-up is at work in this clone; waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"set-up: {text}", flush=True)
