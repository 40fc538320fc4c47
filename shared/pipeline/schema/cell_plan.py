"""A schema for one property → what fails in its column, and why.

A distinct cell is looked at once where the column is dictionary-encoded. Cells of which no kernel is sure are asked of
the reference, again each distinct one once.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

from shared.pipeline.schema.failure import Failure, Place
from shared.pipeline.schema.kernels import Kernel
from shared.pipeline.schema.masks import Bools, Mask, some, within
from shared.pipeline.schema.text_column import Kind, Reading, TextColumn

CACHED: Final = 200_000
"""Distinct cells remembered per plan."""

NUMBER: Final = r"^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$"

type Judge = Callable[[str, Kind], tuple[Place, ...]]
"""What the reference finds wrong with a cell of this text and kind."""

type Kernels = Sequence[tuple[Place, Kernel]]


@dataclass(frozen=True, slots=True)
class CellKernels:
    """Kernels for cells that are numbers and for cells that are texts; None where some keyword has none."""

    numbers: Kernels | None
    texts: Kernels | None


class CellPlan:
    """Checks the present cells of one column against one schema."""

    def __init__(self, judge: Judge, kernels: CellKernels) -> None:
        self._ask = judge
        self._kernels = kernels
        self._known: dict[tuple[Kind, str], tuple[Place, ...]] = {}

    def failures(self, column: TextColumn) -> Iterator[Failure]:
        if column.kinds is not None:
            yield from self._of_json(column, column.kinds)
            return
        if not column.is_encoded:
            yield from self._of_plain(column)
            return
        for failure in self._of_plain(column.distinct):
            rows: Bools = failure.rows[column.indices]
            yield Failure(failure.place, rows)

    def _of_json(self, column: TextColumn, kinds: npt.NDArray[np.uint8]) -> Iterator[Failure]:
        """Strings by the kernels of texts, plain decimals by those of numbers, what is left by the reference."""
        for kind, kernels in ((Kind.STRING, self._kernels.texts), (Kind.NUMBER, self._kernels.numbers)):
            rows = some(kinds == kind)
            if rows is None:
                continue
            certain = rows & column.numerals.certain if kind is Kind.NUMBER else rows
            if kernels is None:
                yield from self._by_reference(column, rows, kind)
                continue
            yield from _by_kernels(kernels, column, certain)
            yield from self._by_reference(column, rows & ~certain, kind)
        yield from self._by_reference(column, kinds == Kind.LITERAL, Kind.LITERAL)

    def _of_plain(self, column: TextColumn) -> Iterator[Failure]:
        if column.reading is Reading.NUMBER and self._kernels.numbers is not None:
            yield from _by_kernels(self._kernels.numbers, column, column.numerals.certain)
            yield from self._of_doubtful(column)
        elif column.reading is Reading.TEXT and self._kernels.texts is not None:
            yield from _by_kernels(self._kernels.texts, column, column.present)
        else:
            yield from self._by_reference(column, column.present)

    def _of_doubtful(self, column: TextColumn) -> Iterator[Failure]:
        """In a column of numbers: what is no number by any notation is text, the rest is for the reference."""
        doubtful = column.numerals.doubtful
        if doubtful is None:
            return
        if self._kernels.texts is None:
            yield from self._by_reference(column, doubtful)
            return
        positions = np.flatnonzero(doubtful)
        cells = column.take(positions)
        numbers: Bools = pc.match_substring_regex(cells.array, NUMBER).to_numpy(zero_copy_only=False)
        found = [*_by_kernels(self._kernels.texts, cells, ~numbers), *self._by_reference(cells, numbers)]
        for failure in found:
            yield Failure(failure.place, _spread(failure.rows, positions, column.count))

    def _by_reference(self, column: TextColumn, rows: Mask, kind: Kind = Kind.MISSING) -> Iterator[Failure]:
        """`rows` None means all; a `kind` says how JSON means them."""
        positions = np.arange(column.count) if rows is None else np.flatnonzero(rows)
        if len(positions):
            judge = partial(self._judged, kind)
            for place, failing in column.take(positions).encoded.failing(judge).items():
                yield Failure(place, _spread(failing, positions, column.count))

    def _judged(self, kind: Kind, cell: str) -> tuple[Place, ...]:
        known = self._known.get((kind, cell))
        if known is None:
            if len(self._known) >= CACHED:
                self._known.clear()
            known = self._known[kind, cell] = tuple(dict.fromkeys(self._ask(cell, kind)))
        return known


def _by_kernels(kernels: Kernels, column: TextColumn, certain: Mask) -> Iterator[Failure]:
    for place, failing in kernels:
        rows = within(failing(column), certain)
        if rows is not None and rows.any():
            yield Failure(place, rows)


def _spread(rows: Bools, positions: np.ndarray, count: int) -> Bools:
    """A mask over some positions → over all rows."""
    spread = np.zeros(count, bool)
    spread[positions] = rows
    return spread
