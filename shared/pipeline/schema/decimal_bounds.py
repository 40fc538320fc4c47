"""Bounds and steps against `Numerals`: decided by the counts of digits, converted only where they are not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pyarrow as pa

from shared.pipeline.schema.masks import Bools, Mask, dense, some
from shared.pipeline.schema.numbers import is_integer, is_multiple
from shared.pipeline.schema.numerals import Numerals
from shared.pipeline.schema.text_column import TextColumn

EXACT_DIGITS: Final = 15
"""Decimals of up to this many digits keep their order when they become binary floats (DBL_DIG of IEEE 754)."""

type Holds = Callable[[Decimal], bool]


@dataclass(frozen=True, slots=True)
class Bound:
    """`minimum` and its three relatives: the value must lie below (or above), or at the bound if `inclusive`."""

    bound: Decimal
    above: bool
    inclusive: bool

    def holds(self, value: Decimal) -> bool:
        if value == self.bound:
            return self.inclusive
        return value > self.bound if self.above else value < self.bound

    def failing(self, column: TextColumn, numerals: Numerals) -> Mask:
        """Certain cells that break the bound; what it says of other cells counts for nothing."""
        signs = (False,) if numerals.negative is None else (False, True)
        undecided = np.zeros(column.count, bool)
        wrong = np.zeros(column.count, bool)
        for negative in signs:
            of_sign = (
                ~dense(numerals.negative, column.count) if negative is False else dense(numerals.negative, column.count)
            )
            verdicts = self._by_digits(int(numerals.whole.max(initial=0)), negative=negative)
            found = verdicts[np.maximum(numerals.whole, 0)]
            wrong |= of_sign & (found == FAILS)
            undecided |= of_sign & (found == UNDECIDED)
        return some(wrong | _converted(column, undecided & numerals.certain, self))

    def _by_digits(self, longest: int, *, negative: bool) -> np.ndarray:
        """For each count of digits before the point: whether all such values hold, all fail, or it depends."""
        return np.array([self._verdict(digits, negative=negative) for digits in range(longest + 1)], np.int8)

    def _verdict(self, digits: int, *, negative: bool) -> int:
        smallest = Decimal(10) ** (digits - 1) if digits > 1 else Decimal(0)
        largest = Decimal(10) ** digits  # never reached
        ends = (-smallest, -largest) if negative else (smallest, largest)
        if self.bound in (min(ends), max(ends)) or not min(ends) < self.bound < max(ends):
            inner = (ends[0] + ends[1]) / 2
            agree = self.holds(ends[0]) == self.holds(inner)
            return (HOLDS if self.holds(inner) else FAILS) if agree else UNDECIDED
        return UNDECIDED


HOLDS: Final = 0
FAILS: Final = 1
UNDECIDED: Final = 2


@dataclass(frozen=True, slots=True)
class Step:
    """`multipleOf`, exact."""

    step: Decimal

    def holds(self, value: Decimal) -> bool:
        return is_multiple(value, self.step)

    def failing(self, column: TextColumn, numerals: Numerals) -> Mask:
        """A step 10^-k asks for at most k decimals; only cells with more, that end in zero, need a closer look."""
        exponent = int(self.step.normalize().as_tuple().exponent)
        if self.step != Decimal(1).scaleb(exponent) or exponent > 0:
            return some(_converted(column, numerals.certain, self))
        fine = numerals.decimals <= -exponent
        wrong = ~fine & ~numerals.ends_in_zero
        return some(wrong | _converted(column, numerals.certain & ~fine & ~wrong, self))


@dataclass(frozen=True, slots=True)
class Whole:
    """`type: integer`: 1.0 is one."""

    def holds(self, value: Decimal) -> bool:
        return is_integer(value)

    def failing(self, column: TextColumn, numerals: Numerals) -> Mask:
        return Step(Decimal(1)).failing(column, numerals)


def _converted(column: TextColumn, rows: Bools, rule: Bound | Step) -> Bools:
    """The rows, out of these, whose value breaks the rule: as floats where that is exact, else as decimals."""
    wrong = np.zeros(column.count, bool)
    positions = np.flatnonzero(rows)
    if not len(positions):
        return wrong
    cells = column.array.take(pa.array(positions))
    if isinstance(rule, Bound) and _is_short(cells, rule.bound):
        values, bound = cells.cast(pa.float64()).to_numpy(), float(rule.bound)
        beyond = values < bound if rule.above else values > bound
        wrong[positions] = beyond if rule.inclusive else beyond | (values == bound)
    else:
        wrong[positions] = [not rule.holds(Decimal(cell)) for cell in cells.to_pylist()]
    return wrong


def _is_short(cells: pa.StringArray, bound: Decimal) -> bool:
    import pyarrow.compute as pc

    longest = pc.max(pc.binary_length(cells)).as_py()
    return (
        longest <= EXACT_DIGITS
        and len(bound.as_tuple().digits) <= EXACT_DIGITS
        and abs(bound.adjusted()) < EXACT_DIGITS
    )
