"""Lines of flat JSON objects → where each value is, found from the quotes of all lines at once.

Only what machines write plainly is understood: one object a line, no escapes, no nesting, one style of blanks, numbers
without exponents. Every other line is called irregular and left to the JSON parser; what is said of the regular ones is
what that parser would say.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shared.pipeline.formats.json_keys import WORD, KeyTable, masked_words, word_of
from shared.pipeline.schema.numerals import numerals
from shared.pipeline.schema.text_column import Kind

QUOTE, COLON, COMMA, BLANK = (ord(each) for each in '":, ')
OPEN, CLOSE, BACKSLASH, LINE_END = (ord(each) for each in "{}\\\n")
FIRST_PRINTABLE: Final = 0x20
PADDING: Final = 32

TRUE, FALSE, NULL = (word_of(each) for each in (b"true", b"false", b"null"))
MISSING, STRING, NUMBER, LITERAL = Kind

type Ints = npt.NDArray[np.int64]
type Bools = npt.NDArray[np.bool_]
type Kinds = npt.NDArray[np.uint8]

FIRST_BYTES: Final = np.zeros(256, np.uint8)
FIRST_BYTES[list(b"-0123456789")] = NUMBER
FIRST_BYTES[list(b"tfn")] = LITERAL


@dataclass(frozen=True, slots=True)
class Lines:
    """`text` with padding behind it; where each line starts and ends, its line end left out."""

    text: npt.NDArray[np.uint8]
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, block: bytes) -> "Lines":
        text = np.zeros(len(block) + 1 + PADDING, np.uint8)
        text[: len(block)] = np.frombuffer(block, np.uint8)
        text[len(block)] = LINE_END
        ends = np.flatnonzero(text[: len(block) + 1] == LINE_END)
        starts = np.concatenate([[0], ends[:-1] + 1])
        ends = ends - (text[ends - 1] == ord("\r"))
        filled = ends > starts
        return cls(text, starts[filled], ends[filled])


@dataclass(frozen=True, slots=True)
class Values:
    """Of one property: the lines that have it, where each value is (of a string without quotes), and its kind."""

    lines: Ints
    starts: Ints
    ends: Ints
    kinds: Kinds


@dataclass(frozen=True, slots=True)
class Flat:
    """`regular` lines are fully told by `values`, one per name; of the others nothing is known."""

    regular: Bools
    values: tuple[Values, ...]


def flat_values(lines: Lines, keys: KeyTable) -> Flat:
    count = len(lines.starts)
    if not count:
        nothing = np.zeros(0, np.int64)
        return Flat(
            nothing.astype(bool), (Values(nothing, nothing, nothing, nothing.astype(np.uint8)),) * len(keys.names)
        )
    quotes = np.flatnonzero(lines.text == QUOTE)
    before = np.searchsorted(quotes, lines.starts)
    plain = _plain_lines(lines, np.diff(np.append(before, len(quotes))))
    if not plain.all():
        return _without(lines, plain, keys)
    opens, closes = quotes[::2], quotes[1::2]
    line_of = np.repeat(np.arange(count), np.diff(np.append(before, len(quotes))) // 2)
    return _paired(lines, keys, opens, closes, line_of)


def _plain_lines(lines: Lines, quotes: Ints) -> Bools:
    """Lines in which quotes come in pairs: an even number, no backslash, no control character."""
    plain: Bools = (quotes % 2 == 0) & (quotes > 0)
    plain &= (lines.text[lines.starts] == OPEN) & (lines.text[lines.ends - 1] == CLOSE)
    low = lines.text < FIRST_PRINTABLE
    if int(np.count_nonzero(low)) == PADDING + int(np.count_nonzero(lines.text == LINE_END)):
        low = np.zeros(0, bool)
    for found in (np.flatnonzero(low), np.flatnonzero(lines.text == BACKSLASH)):
        at = np.searchsorted(lines.starts, found, side="right") - 1
        inside = (at >= 0) & (found < lines.ends[at])
        plain[at[inside]] = False
    return plain


def _without(lines: Lines, plain: Bools, keys: KeyTable) -> Flat:
    """Blots out the lines that are not plain, so that the quotes of the others pair up."""
    text = lines.text.copy()
    for start, end in zip(lines.starts[~plain], lines.ends[~plain], strict=True):
        text[start:end] = BLANK
    rest = flat_values(Lines(text, lines.starts[plain], lines.ends[plain]), keys)
    positions = np.flatnonzero(plain)
    regular = np.zeros(len(plain), bool)
    regular[positions] = rest.regular
    moved = (Values(positions[each.lines], each.starts, each.ends, each.kinds) for each in rest.values)
    return Flat(regular, tuple(moved))


def _paired(lines: Lines, keys: KeyTable, opens: Ints, closes: Ints, line_of: Ints) -> Flat:
    text, count = lines.text, len(lines.starts)
    is_key = text[closes + 1] == COLON
    at_key = np.flatnonzero(is_key)
    owner = line_of[at_key]
    key_open, key_close = opens[at_key], closes[at_key]
    after_colon, after_comma = _gaps(text, key_close, key_open)
    starts = key_close + 2 + after_colon
    ends, last = _ends(lines, owner, key_open, after_comma)
    is_text = text[starts] == QUOTE
    string = np.minimum(at_key + 1, len(opens) - 1)
    wrong = _misplaced(lines, owner, key_open, after_colon, after_comma, starts, ends, last)
    wrong |= is_text & ((opens[string] != starts) | (closes[string] + 1 != ends) | is_key[string])
    kinds: Kinds = np.where(is_text, np.uint8(STRING), FIRST_BYTES[text[starts]])
    wrong |= _wrong_scalars(text, starts, ends, kinds)
    names = keys.find(text, key_open + 1, key_close)
    wrong |= names < 0
    regular = np.bincount(line_of[~is_key], minlength=count) == np.bincount(owner[is_text], minlength=count)
    regular &= np.bincount(owner, minlength=count) > 0
    regular[owner[wrong]] = False
    starts, ends = starts + is_text, ends - is_text
    return _by_name(Flat(regular, ()), keys, names, owner, starts, ends, kinds)


def _wrong_scalars(text: Any, starts: Ints, ends: Ints, kinds: Kinds) -> Bools:
    """What begins like a number or a literal and is none that can be told at once."""
    wrong: Bools = kinds == MISSING
    numbers, literals = np.flatnonzero(kinds == NUMBER), np.flatnonzero(kinds == LITERAL)
    wrong[numbers] = ~numerals(Spans(text, starts[numbers], ends[numbers] - starts[numbers])).certain
    lengths = ends[literals] - starts[literals]
    words = masked_words(text, starts[literals], lengths)
    wrong[literals] = ~((words == TRUE) | (words == NULL) | (words == FALSE)) | (lengths > WORD)
    return wrong


@dataclass(frozen=True, slots=True)
class Spans:
    """Cells inside a text, as `numerals` reads them."""

    text: Any
    starts: Ints
    lengths: Ints

    def words(self, positions: Ints) -> Any:
        return np.ndarray((len(self.text) - WORD + 1,), "<u8", self.text.data, strides=(1,))[positions]


def _gaps(text: Any, key_close: Ints, key_open: Ints) -> tuple[int, int]:
    """How many blanks the first lines have behind a colon and before a key: the style that all must share."""
    if not len(key_close):
        return 0, 0
    comma = len(key_open) > 1 and text[key_open[1] - 1] == BLANK
    return int(text[key_close[0] + 2] == BLANK), int(comma)


def _ends(lines: Lines, owner: Ints, key_open: Ints, after_comma: int) -> tuple[Ints, Bools]:
    """Where each value must end: at the comma before the next key, or at the brace that ends its line."""
    last = np.ones(len(owner), bool)
    last[:-1] = owner[1:] != owner[:-1]
    following = np.append(key_open[1:], 0) - 1 - after_comma
    return np.where(last, lines.ends[owner] - 1, following), last


def _misplaced(
    lines: Lines, owner: Ints, key_open: Ints, after_colon: int, after_comma: int, starts: Ints, ends: Ints, last: Bools
) -> Bools:
    text = lines.text
    first = np.ones(len(owner), bool)
    first[1:] = last[:-1]
    wrong: Bools = first & (key_open != lines.starts[owner] + 1)
    wrong |= ~last & (text[ends] != COMMA)
    wrong |= starts >= ends
    if after_colon:
        wrong |= text[starts - 1] != BLANK
    if after_comma:
        wrong |= ~last & (text[ends + 1] != BLANK)
    return wrong


def _by_name(flat: Flat, keys: KeyTable, names: Any, owner: Ints, starts: Ints, ends: Ints, kinds: Kinds) -> Flat:
    regular = flat.regular
    order = np.argsort(names, kind="stable")
    bounds = np.searchsorted(names[order], np.arange(len(keys.names) + 1))
    chosen = [order[start:end] for start, end in pairwise(bounds.tolist())]
    for places in chosen:
        rows = owner[places]
        regular[rows[1:][rows[1:] == rows[:-1]]] = False  # a key that comes twice
    return Flat(regular, tuple(Values(owner[at], starts[at], ends[at], kinds[at]) for at in chosen))
