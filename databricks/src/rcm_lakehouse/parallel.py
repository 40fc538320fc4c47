"""Two driver threads: what a small table costs is the waiting for its commit, not the work."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

DRIVER_THREADS = 2


def each[Given, Made](function: Callable[[Given], Made], items: Iterable[Given]) -> list[Made]:
    """`function` of every item, two at a time, results in their order; the first error is raised after all ended."""
    with ThreadPoolExecutor(max_workers=DRIVER_THREADS) as pool:
        return list(pool.map(function, items))
