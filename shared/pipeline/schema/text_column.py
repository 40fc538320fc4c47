"""One column of text in a block, with what several checks need of it computed once: bytes, lengths, distinct values."""

from collections.abc import Callable, Iterable
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shared.pipeline.schema.masks import Bools, Ints, Mask, Words, some
from shared.pipeline.schema.numerals import Numerals, numerals

PADDING: Final = 24
"""Bytes before the first and after the last cell, so that whole words can be read anywhere around a cell."""


class Reading(Enum):
    """What cells of the column become: text always, a number where they are one, or anything (asked cell by cell)."""

    TEXT = "text"
    NUMBER = "number"
    ANY = "any"


class Kind(IntEnum):
    """How a cell of JSON is meant: its text alone does not tell "7" from 7, nor null from what is missing."""

    MISSING = 0
    STRING = 1
    NUMBER = 2
    LITERAL = 3


class TextColumn:
    """Cells of one property, plain or dictionary-encoded.

    Without `kinds`, an empty cell is a missing property and there are no nulls; with them, they say what a cell is.
    """

    def __init__(self, array: Any, reading: Reading, kinds: npt.NDArray[np.uint8] | None = None) -> None:
        self.array = pc.fill_null(array, "") if array.null_count else array
        self.reading = reading
        self.kinds = kinds
        self._count = len(array)
        self.is_encoded = bool(pa.types.is_dictionary(array.type))

    @property
    def count(self) -> int:
        return self._count

    @cached_property
    def encoded(self) -> "TextColumn":
        """The same cells, each distinct one kept once."""
        return self if self.is_encoded else TextColumn(self.array.dictionary_encode(), self.reading)

    @cached_property
    def distinct(self) -> "TextColumn":
        """The distinct cells of an encoded column, in the order that `indices` count."""
        return TextColumn(self.array.dictionary, self.reading)

    @cached_property
    def indices(self) -> Any:
        return self.array.indices.to_numpy()

    @cached_property
    def _offsets(self) -> npt.NDArray[np.int32]:
        start = self.array.offset
        return np.frombuffer(self.array.buffers()[1], np.int32)[start : start + self._count + 1]

    @cached_property
    def lengths(self) -> npt.NDArray[np.int32]:
        """In bytes, for plain columns."""
        return np.diff(self._offsets)

    @cached_property
    def starts(self) -> Ints:
        """Where in `text` each cell begins."""
        return self._offsets[:-1].astype(np.int64) + (PADDING - int(self._offsets[0]))

    @cached_property
    def text(self) -> npt.NDArray[np.uint8]:
        """All cells one after the other, with padding around them."""
        first, last = (int(self._offsets[0]), int(self._offsets[-1])) if self._count else (0, 0)
        padded = np.zeros(last - first + 2 * PADDING, np.uint8)
        if last > first:
            padded[PADDING : PADDING + last - first] = np.frombuffer(self.array.buffers()[2], np.uint8)[first:last]
        return padded

    def words(self, positions: Ints) -> Words:
        """The eight bytes at each position, the first of them lowest."""
        every = np.ndarray((len(self.text) - 7,), "<u8", self.text.data, strides=(1,))
        return every[positions]

    @cached_property
    def width(self) -> int | None:
        """The length of all cells if they have the same, else None."""
        shortest, longest = (int(self.lengths.min()), int(self.lengths.max())) if self._count else (0, 0)
        return longest if shortest == longest else None

    def words_of_width(self, position: int) -> Words:
        """`words` at this position of each cell, for a column that has a `width`: strided, nothing is gathered."""
        stride = int(self.width or 0)
        return np.ndarray((self._count,), "<u8", self.text.data, PADDING + position, (stride,))

    @cached_property
    def missing(self) -> Mask:
        if self.kinds is not None:
            return some(self.kinds == Kind.MISSING)
        if not self.is_encoded:
            return some(self.lengths == 0)
        empty = self.distinct.missing
        return None if empty is None else some(empty[self.indices])

    @cached_property
    def present(self) -> Mask:
        """None means: in every row."""
        return None if self.missing is None else ~self.missing

    @cached_property
    def numerals(self) -> Numerals:
        return numerals(self)

    def failing[T](self, judge: Callable[[str], Iterable[T]]) -> dict[T, Bools]:
        """For each thing that `judge` says of a distinct cell of an encoded column, the rows it is true of."""
        values = self.array.dictionary.to_pylist()
        said: dict[T, list[int]] = {}
        for position, value in enumerate(values):
            for word in judge(value):
                said.setdefault(word, []).append(position)
        return {word: self._rows(positions, len(values)) for word, positions in said.items()}

    def _rows(self, positions: list[int], count: int) -> Bools:
        chosen = np.zeros(count, bool)
        chosen[positions] = True
        rows: Bools = chosen[self.indices]
        return rows

    def take(self, rows: Ints) -> "TextColumn":
        return TextColumn(self.array.take(pa.array(rows)), self.reading)
