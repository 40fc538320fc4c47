"""Which declared name a key of JSON is, for millions of keys at once: by a hash of its bytes, then by all of them."""

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

import numpy as np

WORD: Final = 8
LONGEST: Final = 24
ALL: Final = 0xFFFFFFFFFFFFFFFF
SLOTS: Final = 1024


class KeyTable:
    """Built for names of 1 to 24 bytes that need no escape; `fits` says whether these are such names."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        encoded = [name.encode() for name in names]
        self._lengths = np.array([len(name) for name in encoded], np.int64)
        self._words = [np.array([word_of(name[at:]) for name in encoded], np.uint64) for at in range(0, LONGEST, WORD)]
        self._factor, self._slots = self._perfect()

    @staticmethod
    def fits(names: Sequence[str]) -> bool:
        short = all(1 <= len(name.encode()) <= LONGEST and name.isprintable() for name in names)
        return short and 1 <= len(names) <= SLOTS // 4 and not set('"\\') & set("".join(names))

    def find(self, text: Any, starts: Any, ends: Any) -> Any:
        """For each key from its start to its end: the position of its name, -1 if it is none of them."""
        lengths = ends - starts
        words = [masked_words(text, starts + at, lengths - at) for at in range(0, self._reach(), WORD)]
        found = self._slots[self._slot(words, lengths)]
        known = np.maximum(found, 0)
        same = self._lengths[known] == lengths
        for word, expected in zip(words, self._words, strict=False):
            same &= expected[known] == word
        return np.where(same & (found >= 0), found, -1)

    def _reach(self) -> int:
        return int(self._lengths.max(initial=1))

    def _slot(self, words: list[Any], lengths: Any) -> Any:
        mixed = lengths.astype(np.uint64)
        for word in words:
            mixed = (mixed ^ word) * self._factor
        return (mixed >> np.uint64(64 - 10)).astype(np.int64)

    def _perfect(self) -> tuple[np.uint64, Any]:
        """A factor that gives every name a slot of its own, and the names' positions in the slots."""
        words = self._words[: -(-self._reach() // WORD)]
        for attempt in count():
            self._factor = np.uint64((0x9E3779B97F4A7C15 + 2 * attempt * 0xBF58476D1CE4E5B9) & ALL | 1)
            taken = self._slot(words, self._lengths)
            if len(set(taken.tolist())) == len(self.names):
                break
        slots = np.full(SLOTS, -1, np.int16)
        slots[taken] = np.arange(len(self.names))
        return self._factor, slots


def word_of(text: bytes) -> np.uint64:
    """The first bytes as one integer, the first of them lowest."""
    return np.uint64(int.from_bytes(text[:WORD], "little"))


MASKS: Final = np.array([(1 << (8 * length)) - 1 for length in range(WORD)] + [ALL], np.uint64)


def masked_words(text: Any, starts: Any, lengths: Any) -> Any:
    """The word at each place, less the bytes that are not the key's; places beyond a key give 0."""
    every = np.ndarray((len(text) - 7,), "<u8", text.data, strides=(1,))
    return every[np.minimum(starts, len(text) - WORD)] & MASKS[np.clip(lengths, 0, WORD)]
