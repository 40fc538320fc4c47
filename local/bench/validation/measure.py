"""CPU seconds per million records, of engines that take turns: what disturbs one round disturbs all of it."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contender:
    """`work` handles `records` records and says how many are wrong (for what does not judge: whatever it likes)."""

    work: Callable[[], int]
    records: int


@dataclass(frozen=True, slots=True)
class Result:
    """`seconds` per million records, one figure a round."""

    seconds: tuple[float, ...]
    answer: int

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def in_turns(contenders: Mapping[str, Contender], rounds: int) -> dict[str, Result]:
    """Each contender once a round, after one round that counts for nothing."""
    answers = {name: contender.work() for name, contender in contenders.items()}
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            started = time.process_time()
            contender.work()
            seconds[name].append((time.process_time() - started) / contender.records * 1e6)
    return {name: Result(tuple(taken), answers[name]) for name, taken in seconds.items()}


def ratio(slower: Result, faster: Result) -> float:
    """The median of the ratios of each round."""
    pairs = zip(slower.seconds, faster.seconds, strict=True)
    return round(statistics.median(one / other for one, other in pairs), 2)
