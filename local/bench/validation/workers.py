"""Worker processes side by side, as a host runs them: the wall time of a load that they share."""

import hashlib
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import Final

HASHED: Final = 64 * 1024 * 1024

type Share[T] = Callable[[Sequence[T]], float]
"""Wall seconds until the workers have gone through all items, each taking the next one when it is free."""


@contextmanager
def workers[T](count: int, work: Callable[[T], object], first: T) -> Iterator[Share[T]]:
    """So many processes, each of which has done `work` on the `first` item before: no start or import is timed."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, context, _stand_by, (context.Barrier(count),)) as pool:
        list(pool.map(partial(_together, work), [first] * count))

        def share(items: Sequence[T]) -> float:
            started = time.perf_counter()
            list(pool.map(work, items))
            return time.perf_counter() - started

        yield share


def hash_zeros(size: int) -> None:
    """Work that two processes share without any loss: what the machine has to give."""
    hashlib.sha256(bytes(size))


_meeting: list[Barrier] = []


def _stand_by(barrier: Barrier) -> None:
    _meeting.append(barrier)


def _together[T](work: Callable[[T], object], item: T) -> None:
    """Waits until every process has come, so that each of them does the work once."""
    _meeting[0].wait()
    work(item)


def speed_up[T](work: Callable[[T], object], load: Sequence[T], rounds: int) -> float:
    """Wall time of one worker ÷ that of two, each the best of its rounds, which take turns."""
    with workers(1, work, load[0]) as one, workers(2, work, load[0]) as two:
        walls = [(one(load), two(load)) for _ in range(rounds)]
    return round(min(alone for alone, _ in walls) / min(together for _, together in walls), 2)
