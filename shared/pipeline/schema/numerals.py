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
    def words(self, positions: Any, /) -> Words: ...


LONGEST: Final = 24
WORDS: Final = LONGEST // WORD
KEPT: Final = np.array(
    [[(1 << (8 * min(max(length - WORD * at, 0), WORD))) - 1 for length in range(LONGEST + 2)] for at in range(WORDS)],
    dtype=object,
).astype(np.uint64)
"""By word and length of a cell: the bits of the word that belong to the cell."""

ZEROS: Final = np.uint64(0x3030303030303030)
ABOVE_NINE: Final = np.uint64(0x7676767676767676)
BYTE: Final = np.uint64(0xFF)
POINT: Final = np.uint64(ord(".") ^ ord("0"))
MINUS: Final = np.uint64(ord("-") ^ ord("0"))
ZERO: Final = ord("0")
ONE, SEVEN, EIGHT = (np.uint64(number) for number in (1, 7, 8))

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
    longest = int(lengths.max(initial=0))
    first = column.words(column.starts) ^ ZEROS
    first &= KEPT[0].take(lengths)
    negative = some(first & BYTE == MINUS)
    parts = _parts(column, lengths, min(longest, LONGEST), first, negative)
    whole, digits = np.minimum(parts.before_point, lengths), lengths
    if negative is not None:
        whole, digits = whole - negative, digits - negative
    decimals = digits - whole - parts.has_point
    certain = parts.regular & (whole > 0) & (decimals >= parts.has_point) & (lengths <= LONGEST)
    certain &= ~(_leading_zero(first, negative) & (whole > 1))
    return Numerals(certain, some(~certain & (lengths > 0)), negative, whole, decimals)


def _leading_zero(first: Words, negative: Mask) -> Bools:
    leading: Bools = first & BYTE == 0
    return leading if negative is None else np.where(negative, first >> EIGHT & BYTE == 0, leading)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the words of each cell say: `regular` is digits only, or digits and one point.

    `before_point` counts the bytes before the point, a minus included; without a point it is the cell's length or more.
    """

    regular: Bools
    has_point: Bools
    before_point: Small


def _parts(column: Cells, lengths: Small, longest: int, first: Words, negative: Mask) -> _Parts:
    """Reads each cell a word at a time, as many words as the longest cell has; bytes behind a cell read as zeros."""
    regular, points, before = _read_word(first, negative)
    for at in range(1, -(-longest // WORD)):
        word = column.words(column.starts + WORD * at) ^ ZEROS
        word &= KEPT[at].take(lengths)
        fine, found, ahead = _read_word(word, None)
        before += ahead * (points == 0)
        points += found
        regular &= fine
    return _Parts(regular & (points <= 1), points.astype(bool), before)


def _read_word(flipped: Words, minus: Mask) -> tuple[Bools, Small, Small]:
    """Whether all bytes are digits and points, how many are points, and how many stand before the first of them.

    Where `minus` holds, the first byte counts as a digit. Without a point, all eight bytes stand before it.
    """
    odd = flipped & LOW_BITS
    odd += ABOVE_NINE
    odd |= flipped
    odd &= HIGH_BITS
    if minus is not None:
        odd &= ~(minus * (ONE << SEVEN))
    ones = odd >> SEVEN
    regular = flipped & ones * BYTE == ones * POINT
    before = np.bitwise_count(odd - ONE) >> 3
    return regular, np.bitwise_count(odd).astype(np.int8), before.astype(np.int8)
