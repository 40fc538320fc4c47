"""Which cells of a column are plain decimals, and how many digits each has: by whole words, no number is converted.

A cell is *certain* if it is an optional minus, digits without a superfluous leading zero, and optionally a point and
more digits, 24 bytes at most. All other cells that are not empty are doubtful: they may be numbers (1e3), or not.
"""

from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from shared.pipeline.schema.masks import Bools, Mask, Words, some
from shared.pipeline.schema.words import HIGH_BITS, LOW_BITS, WORD


class Cells(Protocol):
    """Cells inside a text: where each starts and how many bytes it has."""

    @property
    def text(self) -> Any: ...
    @property
    def starts(self) -> Any: ...
    @property
    def lengths(self) -> Any: ...
    @property
    def count(self) -> int: ...
    def words(self, positions: Any, /) -> Words: ...


LONGEST: Final = 24
ZEROS: Final = np.uint64(0x3030303030303030)
ABOVE_NINE: Final = np.uint64(0x7676767676767676)
ALL: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
POINT: Final = np.uint64(ord(".") ^ ord("0"))
MINUS: Final = ord("-")
ZERO: Final = ord("0")

type Small = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Numerals:
    """Per cell; the figures of cells that are not `certain` mean nothing.

    `whole` and `decimals` count digits before and after the point.
    """

    certain: Bools
    doubtful: Mask
    negative: Mask
    whole: Small
    decimals: Small


def ends_in_zero(column: Cells) -> Bools:
    """The cells whose last digit is a zero."""
    return np.asarray(column.text[column.starts + column.lengths - 1] == ZERO)


def numerals(column: Cells) -> Numerals:
    lengths: Any = np.minimum(column.lengths, LONGEST + 1).astype(np.int8)
    ends = column.starts + column.lengths
    first: Any = column.text[column.starts]
    negative = first == MINUS
    digits = lengths - negative
    parts = _parts(column, ends, digits, int(lengths.max(initial=0)))
    whole = digits - parts.decimals - parts.has_point
    fits = parts.regular & (whole > 0) & (parts.decimals >= parts.has_point) & (lengths <= LONGEST)
    certain = fits & ~_superfluous_zero(column, first, negative, whole)
    doubtful = some(~certain & (lengths > 0))
    return Numerals(certain, doubtful, some(negative), whole, parts.decimals)


def _superfluous_zero(column: Cells, first: Any, negative: Bools, whole: Any) -> Bools:
    leading = column.text[column.starts + 1] if negative.all() else first
    if negative.any():
        leading = np.where(negative, column.text[column.starts + 1], first)
    return np.asarray((leading == ZERO) & (whole > 1))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the words of each cell say: `regular` is digits only, or digits and one point."""

    regular: Bools
    has_point: Bools
    decimals: Small


def _parts(column: Cells, ends: Any, digits: Any, longest: int) -> _Parts:
    """Reads each cell backwards from its end, a word at a time, as many words as the longest cell has."""
    count = column.count
    points = np.zeros(count, np.int8)
    decimals = np.zeros(count, np.int8)
    regular = np.ones(count, bool)
    for step in range(min(-(-longest // WORD), LONGEST // WORD)):
        # The cell's bytes fill the word from the top; bytes of the cell before it are masked out.
        missing = np.clip(WORD * (step + 1) - digits, 0, WORD).astype(np.uint64) * np.uint64(8)
        flipped = column.words(ends - WORD * (step + 1)) ^ ZEROS
        flipped &= np.where(missing == 64, np.uint64(0), ALL << (missing & np.uint64(63)))
        _read_word(flipped, step, regular, points, decimals)
    return _Parts(regular & (points <= 1), points.astype(bool), decimals)


def _read_word(flipped: Words, step: int, regular: Bools, points: Small, decimals: Small) -> None:
    """Adds what one word of each cell says."""
    odd = (((flipped & LOW_BITS) + ABOVE_NINE) | flipped) & HIGH_BITS
    ones = odd >> np.uint64(7)
    full = ones * np.uint64(0xFF)
    regular &= (flipped & full) == ones * POINT
    found = np.bitwise_count(odd)
    points += found.astype(np.int8)
    # The number of bytes above the point in its word; the point's own bit is the lowest of `odd`.
    above = np.int8(WORD - 1) - (np.bitwise_count(odd - np.uint64(1)) >> 3).astype(np.int8)
    decimals += np.where(found == 1, above + np.int8(WORD * step), np.int8(0))
