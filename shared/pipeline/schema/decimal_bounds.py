"""Bounds and steps against `Numerals`: decided by the counts of digits, converted only where they are not enough."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shared.pipeline.schema.masks import Bools, Mask, dense, some
from shared.pipeline.schema.numbers import is_integer, is_multiple
from shared.pipeline.schema.numerals import LONGEST, Numerals, ends_in_zero
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
        wrong = np.zeros(column.count, bool)
        undecided = np.zeros(column.count, bool)
        longest = int(numerals.whole.max(initial=0))
        for negative in (False, True):
            verdicts = _by_digits(self, negative=negative)
            if not verdicts[: longest + 1].any() or (negative and numerals.negative is None):
                continue  # all such values hold, or there are none
            minus = dense(numerals.negative, column.count)
            found = np.where(minus if negative else ~minus, verdicts[np.maximum(numerals.whole, 0)], HOLDS)
            wrong |= found == FAILS
            undecided |= found == UNDECIDED
        return some(wrong | _converted(column, undecided & numerals.certain, self))

    def verdict(self, digits: int, *, negative: bool) -> int:
        """Whether all values with so many digits before the point hold, all fail, or it depends."""
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


@lru_cache(maxsize=1_000)
def _by_digits(rule: Bound, *, negative: bool) -> npt.NDArray[np.int8]:
    """The verdict for each count of digits that a certain cell may have."""
    return np.array([rule.verdict(digits, negative=negative) for digits in range(LONGEST + 2)], np.int8)


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
        if fine.all():
            return None
        wrong = ~fine & ~ends_in_zero(column)
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
