"""Work ahead of need, in order: the next chunk is fetched, the next blocks are prepared, while this one is used."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice


def fetched_ahead[T](items: Iterable[T]) -> Iterator[T]:
    """The same items; the next one is being fetched in a thread. What fetching raises is raised in its place.

    When the caller stops early, the fetch under way is waited for, so that nobody else meets a running iterator.
    """
    iterator = iter(items)
    with ThreadPoolExecutor(1) as fetcher:
        coming = fetcher.submit(_next, iterator)
        while fetched := coming.result():
            coming = fetcher.submit(_next, iterator)
            yield fetched[0]


def _next[T](iterator: Iterator[T]) -> list[T]:
    """The next item, or nothing."""
    return list(islice(iterator, 1))


def mapped_ahead[T, R](function: Callable[[T], R], items: Iterable[T], workers: int) -> Iterator[R]:
    """`function` of each item, in order; as many are worked on at a time as there are workers, one more is waiting."""
    waiting: deque[Future[R]] = deque()
    source = iter(items)
    with ThreadPoolExecutor(workers) as pool:
        waiting.extend(pool.submit(function, item) for item in islice(source, workers + 1))
        while waiting:
            result = waiting.popleft().result()
            waiting.extend(pool.submit(function, item) for item in islice(source, 1))
            yield result
