"""A schema for one property → what fails in its column, and why."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from shared.pipeline.schema.failure import Failure, Place
from shared.pipeline.schema.kernels import Kernel
from shared.pipeline.schema.masks import within
from shared.pipeline.schema.text_column import Reading, TextColumn

CACHED: Final = 200_000
"""Distinct cells remembered per plan."""


type Judge = Callable[[str], tuple[Place, ...]]
"""What the reference finds wrong with a cell of this text."""


class CellPlan:
    """Checks the present cells of one column against one schema."""

    def __init__(self, judge: Judge, kernels: Sequence[tuple[Place, Kernel]] | None) -> None:
        """`kernels` together say all that `judge` would; None if some keyword has none."""
        self._ask = judge
        self._kernels = kernels
        self._known: dict[str, tuple[Place, ...]] = {}

    def failures(self, column: TextColumn) -> Iterator[Failure]:
        if self._kernels is None or column.repeats or column.reading is Reading.ANY:
            yield from self._by_distinct(column)
            return
        certain = column.numerals.certain if column.reading is Reading.NUMBER else column.present
        for place, failing in self._kernels:
            rows = within(failing(column), certain)
            if rows is not None and rows.any():
                yield Failure(place, rows)
        yield from self._doubtful(column)

    def _doubtful(self, column: TextColumn) -> Iterator[Failure]:
        """In a column of numbers: cells of which the kernels cannot be sure."""
        doubtful = column.numerals.doubtful if column.reading is Reading.NUMBER else None
        if doubtful is None:
            return
        positions = np.flatnonzero(doubtful)
        for failure in self._by_distinct(column.take(positions)):
            rows = np.zeros(column.count, bool)
            rows[positions] = failure.rows
            yield Failure(failure.place, rows)

    def _by_distinct(self, column: TextColumn) -> Iterator[Failure]:
        for place, rows in column.failing(self._judged).items():
            yield Failure(place, rows)

    def _judged(self, cell: str) -> tuple[Place, ...]:
        known = self._known.get(cell)
        if known is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            known = self._known[cell] = tuple(dict.fromkeys(self._ask(cell)))
        return known
