"""The registered formats on whole columns: the same verdict as the reference functions in `formats`."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shared.pipeline.schema.fixed_pattern import FixedPattern, Place
from shared.pipeline.schema.formats import NPI_PREFIX, PLACES_OF_SERVICE, SHAPES, US_STATES, luhn
from shared.pipeline.schema.masks import Bools, Mask, some
from shared.pipeline.schema.text_column import TextColumn

DIGIT: Final = Place(ord("0"), ord("9"))
HYPHEN: Final = Place(ord("-"), ord("-"))

NPI_SHAPE: Final = FixedPattern([Place(ord("1"), ord("2")), *[DIGIT] * 9])
DATE_SHAPE: Final = FixedPattern([*[DIGIT] * 4, HYPHEN, DIGIT, DIGIT, HYPHEN, DIGIT, DIGIT])

WEIGHTED: Final = np.array([2 * digit - 9 * (digit > 4) for digit in range(10)], np.uint8)
PREFIX_SUM: Final = next(digit for digit in range(10) if luhn(f"{NPI_PREFIX}{'0' * 9}{digit}"))
MONTH_DAYS: Final = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int16)
LONGEST_MONTH: Final = 12


def _digits(column: TextColumn, places: Iterable[int]) -> list[np.ndarray]:
    """The digit at each place of every cell; 0 to 9 wherever a digit stands there."""
    return [(column.text[column.starts + place] - ord("0")).astype(np.uint8) for place in places]


def _npi(column: TextColumn) -> Mask:
    """The check digit makes the sum of the digits, every second of them doubled, a multiple of ten."""
    wrong = NPI_SHAPE.failing(column)
    digits = _digits(column, range(10))
    total = np.full(column.count, 10 - PREFIX_SUM, np.uint16)
    for place, digit in enumerate(digits):
        total += WEIGHTED[np.minimum(digit, 9)] if place % 2 == 0 else digit
    unchecked: Bools = total % 10 != 0
    return some(unchecked if wrong is None else wrong | unchecked)


def _date(column: TextColumn) -> Mask:
    """The calendar: months of their own lengths, a leap day in Gregorian leap years, no year 0."""
    wrong = DATE_SHAPE.failing(column)
    y0, y1, y2, y3, m0, m1, d0, d1 = (each.astype(np.int16) for each in _digits(column, (0, 1, 2, 3, 5, 6, 8, 9)))
    year, month, day = y0 * 1000 + y1 * 100 + y2 * 10 + y3, m0 * 10 + m1, d0 * 10 + d1
    bad = (day < 1) | (month < 1) | (month > LONGEST_MONTH) | (year < 1)
    bad |= day > MONTH_DAYS[np.clip(month, 0, LONGEST_MONTH)]
    leap_day = (month == 2) & (day == 29)
    if leap_day.any():
        bad |= leap_day & ~((year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0)))
    return some(bad if wrong is None else wrong | bad)


def _shape(pattern: str) -> Callable[[TextColumn], Mask]:
    return lambda column: _unmatched(column, f"^(?:{pattern})$")


def _unmatched(column: TextColumn, pattern: str) -> Mask:
    return some(~pc.match_substring_regex(column.array, pattern).to_numpy(zero_copy_only=False))


def _ssn(column: TextColumn) -> Mask:
    shape = _unmatched(column, r"^(?:[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}|[0-8][0-9]{8})$")
    zeros = pc.match_substring_regex(column.array, r"^(?:000|666)|^...-?00|0000$").to_numpy(zero_copy_only=False)
    return some(zeros if shape is None else shape | zeros)


def _member(values: frozenset[str]) -> Callable[[TextColumn], Mask]:
    allowed = pa.array(sorted(values), pa.string())
    return lambda column: some(~pc.is_in(column.array, allowed).to_numpy(zero_copy_only=False))


FORMAT_KERNELS: Final[Mapping[str, Callable[[TextColumn], Mask]]] = {
    **{name: _shape(pattern) for name, pattern in SHAPES.items()},
    "npi": _npi,
    "date": _date,
    "ssn": _ssn,
    "us-state": _member(US_STATES),
    "place-of-service": _member(PLACES_OF_SERVICE),
}
