"""Patterns of fixed length, like `^CLAIM[0-9]{9}$`, checked eight bytes at a time.

Exact for every text: a byte of a character beyond ASCII has its high bit set and fits no place of such a pattern.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from shared.pipeline.schema.masks import Bools, Mask, Words, some
from shared.pipeline.schema.words import HIGH_BITS, LOW_BITS, WORD

if TYPE_CHECKING:
    from shared.pipeline.schema.text_column import TextColumn

LONGEST: Final = 64

PIECE: Final = re.compile(
    r"(?:\\(?P<digit>d)|\\(?P<escaped>[-.$^/+*?()|\[\]{}\\])|\[(?P<low>[0-9A-Za-z])-(?P<high>[0-9A-Za-z])\]"
    r"|\[(?P<pair>[0-9A-Za-z]{1,2})\]|(?P<plain>[0-9A-Za-z _/:;,=@#%&~<>!'\"-]))(?:\{(?P<times>[0-9]{1,2})\})?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """The bytes that may stand at one place of the text."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class WordCheck:
    """The word at `position` passes if, `flip` flipped, none of its `deciding` bytes is too high or below `floor`."""

    position: int
    flip: np.uint64
    allowance: np.uint64
    floor: np.uint64
    deciding: np.uint64


class FixedPattern:
    """`places` one by one, from the start of the text to its end."""

    def __init__(self, places: list[Place]) -> None:
        self.length = len(places)
        starts = range(0, self.length - WORD + 1, WORD) if self.length >= WORD else range(0)
        tail = [self.length - WORD] if self.length % WORD or self.length < WORD else []
        self._checks = [_word_check(places, start) for start in (*starts, *tail)]

    def failing(self, column: "TextColumn") -> Mask:
        """Rows whose cell does not match; what it says of empty cells counts for nothing."""
        if column.width == self.length:
            return some(np.logical_or.reduce([_fails(column.words_of_width(c.position), c) for c in self._checks]))
        wrong: Bools = column.lengths != self.length
        for check in self._checks:
            wrong |= _fails(column.words(column.starts + check.position), check)
        return some(wrong)


def fixed_pattern(pattern: str) -> FixedPattern | None:
    """The pattern, if it is anchored at both ends and every place allows one byte or one range of bytes."""
    if not (pattern.startswith("^") and pattern.endswith("$")):
        return None
    places: list[Place] = []
    position, end = 1, len(pattern) - 1
    while position < end:
        piece = PIECE.match(pattern, position, end)
        place = piece and _place(piece)
        if piece is None or place is None:
            return None
        places += [place] * int(piece["times"] or 1)
        position = piece.end()
    return FixedPattern(places) if 1 <= len(places) <= LONGEST else None


def _place(piece: re.Match[str]) -> Place | None:
    if piece["digit"]:
        return Place(ord("0"), ord("9"))
    if piece["pair"]:
        low, high = min(piece["pair"]), max(piece["pair"])
        return Place(ord(low), ord(high)) if ord(high) - ord(low) <= 1 else None
    low, high = (piece["low"], piece["high"]) if piece["low"] else (piece["escaped"] or piece["plain"],) * 2
    return Place(ord(low), ord(high)) if low <= high else None


def _word_check(places: list[Place], start: int) -> WordCheck:
    """The check of the word that starts at this place; places before the text's start are free."""
    flip, allowance, floor = bytearray(WORD), bytearray(WORD), bytearray(WORD)
    for at in range(WORD):
        if start + at < 0:
            continue
        place = places[start + at]
        if place.low % 16 + place.high - place.low < 16:
            flip[at], allowance[at] = place.low - place.low % 16, 0x7F - place.high % 16
            floor[at] = place.low % 16
        else:
            allowance[at], floor[at] = 0x7F - place.high, place.low
        if place.low == place.high:
            flip[at], allowance[at], floor[at] = place.low, 0x7F, 0
    outside = 8 * max(0, -start)
    deciding = HIGH_BITS >> np.uint64(outside) << np.uint64(outside)
    return WordCheck(start, _as_word(flip), _as_word(allowance), _as_word(floor), deciding)


def _as_word(text: bytearray) -> np.uint64:
    return np.uint64(int.from_bytes(text, "little"))


def _fails(words: Words, check: WordCheck) -> Bools:
    flipped = words ^ check.flip
    wrong = flipped & LOW_BITS
    wrong += check.allowance  # carries into the high bit of each byte that is too high
    wrong |= flipped
    if check.floor:
        wrong |= ~((flipped | HIGH_BITS) - check.floor)  # borrows the high bit of each byte that is too low
    wrong &= check.deciding
    return np.asarray(wrong != 0)
