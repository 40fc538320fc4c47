"""What a CSV record is, exactly: RFC 4180 with any one-character delimiter, LF, CRLF or CR as line ends.

A quote inside a cell that does not begin with one is plain text. Text between a closing quote and the next delimiter
makes the record unsplittable (`text_after_quote`). Blank lines are no records.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

LINE_ENDS = b"\r\n"


@dataclass(frozen=True, slots=True)
class Dialect:
    """Delimiter and quote as single bytes; `quote` is b"" where quotes are plain text."""

    delimiter: bytes
    quote: bytes

    @classmethod
    def of(cls, delimiter: str, quote: str) -> "Dialect":
        return cls(delimiter.encode(), quote.encode())


def last_record_end(parts: Sequence[bytes], dialect: Dialect) -> int:
    """Where the last record ends that surely ends within the parts; 0 if none does. The first starts at a record.

    A CR that is the last byte decides nothing: it may be the first half of CRLF.
    """
    quoted = bool(dialect.quote) and any(dialect.quote in part for part in parts)
    if not quoted and (end := _last_line_end(parts[-1], len(parts[-1]))):
        return sum(map(len, parts[:-1])) + end
    block = b"".join(parts)
    if not quoted:
        return _last_line_end(block, len(block))
    if quotes_are_regular(block, dialect):
        return _last_end_by_parity(block, dialect.quote)
    return _last_end_by_grammar(block, dialect)


def quotes_are_regular(block: bytes, dialect: Dialect) -> bool:
    """Whether every second quote opens or continues a cell and every other one closes it: then counting is parsing."""
    text = np.frombuffer(block, np.uint8)
    quotes = np.flatnonzero(text == dialect.quote[0])
    opening, closing = quotes[::2], quotes[1::2]
    neighbours = np.zeros(256, bool)
    neighbours[list(dialect.delimiter + dialect.quote + LINE_ENDS)] = True
    before = text[opening[opening > 0] - 1]
    after = text[closing[closing < len(text) - 1] + 1]
    return bool(neighbours[before].all() and neighbours[after].all())


def _last_line_end(block: bytes, stop: int) -> int:
    found = block.rfind(b"\n", 0, stop) + 1
    lone = block.rfind(b"\r", found, min(stop, len(block) - 1)) + 1
    return max(found, lone)


def _last_end_by_parity(block: bytes, quote: bytes) -> int:
    open_quotes = block.count(quote) % 2
    stop = len(block)
    while end := _last_line_end(block, stop):
        open_quotes ^= block.count(quote, end, stop) % 2
        if not open_quotes:
            return end
        stop = end - 1
    return 0


def _last_end_by_grammar(block: bytes, dialect: Dialect) -> int:
    end = 0
    for match in record_matches(block, dialect):
        if match.group(1) and match.end() + (match.group(1) == b"\r") <= len(block):
            end = match.end()
    return end


def record_matches(block: bytes, dialect: Dialect) -> Iterator[re.Match[bytes]]:
    """One match per line of the grammar, blank ones included: group 0 is the record, group 1 its line end.

    Stops early at a record whose quote is never closed: the caller sees that the matches end before the block does.
    """
    pattern, position = _record_pattern(dialect), 0
    while position < len(block) and (match := pattern.match(block, position)):
        yield match
        position = match.end()


def first_record(block: bytes, dialect: Dialect) -> re.Match[bytes] | None:
    """The first record that is not a blank line; None if there is none, or its quote is never closed."""
    return next((match for match in record_matches(block, dialect) if is_record(match)), None)


def is_record(match: re.Match[bytes]) -> bool:
    return match.group(0) != match.group(1)


def cells(record: bytes, dialect: Dialect) -> list[str] | None:
    """The cells of one record without its line end; None if text follows a closing quote."""
    found = []
    for match in _cell_pattern(dialect).finditer(record):
        if match.group("after"):
            return None
        quoted = match.group("quoted")
        text = match.group("plain") if quoted is None else quoted.replace(dialect.quote * 2, dialect.quote)
        found.append(text.decode())
    return found


def _cell(dialect: Dialect) -> bytes:
    separator, quote = re.escape(dialect.delimiter), re.escape(dialect.quote)
    plain = rb"(?P<plain>[^%s\r\n]*+)" % separator
    if not quote:
        return rb"(?:(?P<quoted>(?!))(?P<after>)|%s)" % plain
    quoted = rb"%s(?P<quoted>(?:[^%s]++|%s%s)*+)%s(?P<after>[^%s\r\n]*+)"
    return rb"(?:%s|(?!%s)%s)" % (quoted % (quote, quote, quote, quote, quote, separator), quote, plain)


@lru_cache
def _cell_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    """Finds the cells one by one: each starts the record or follows a delimiter."""
    return re.compile(rb"(?:^|%s)%s" % (re.escape(dialect.delimiter), _cell(dialect)), re.DOTALL)


@lru_cache
def _record_pattern(dialect: Dialect) -> re.Pattern[bytes]:
    cell = re.sub(rb"\(\?P<\w+>", b"(?:", _cell(dialect))
    return re.compile(rb"%s(?:%s%s)*+(\r\n|\n|\r|\Z)" % (cell, re.escape(dialect.delimiter), cell), re.DOTALL)
