"""What a period's books say, and what they would say restated: plain sums of sums, the same whatever engine summed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.close.months import months

NOUGHT = Decimal("0.00")
MOVEMENT, BALANCE = "movement", "balance"
RECEIVABLE_GROUPS = ("1200_insurer", "1200_patient")
PERIODS = ("own_period", "accounting_period", "restated_period")


@dataclass(frozen=True, slots=True)
class Cell:
    """The sum of a hospital's lines that have one account group and the same three periods."""

    hospital: str
    account_group: str
    own_period: str
    accounting_period: str
    restated_period: str
    amount: Decimal
    lines: int


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount of a period in two views. `movement` is of the period, `balance` (A/R alone) is at its end."""

    account_group: str
    measure: str
    books: Decimal
    restated: Decimal

    @property
    def name(self) -> str:
        return f"{self.account_group}.{self.measure}"

    @property
    def variance(self) -> Decimal:
        return self.books - self.restated


type Movements = Mapping[tuple[str, str, str], Decimal]
"""By hospital, period and account group."""


def cells(lines: DataFrame) -> list[Cell]:
    """All cells of posted lines (`posted.posted`), in one query."""
    keys = ("hospital", "account_group", *PERIODS)
    summed = lines.groupBy(*keys).agg(F.sum("amount").cast("decimal(38,2)"), F.count("*"))
    return [Cell(*row) for row in summed.collect()]


def movements(found: Iterable[Cell], period: str) -> Movements:
    """The sums of cells by one of their `PERIODS`."""
    sums: defaultdict[tuple[str, str, str], Decimal] = defaultdict(lambda: NOUGHT)
    for cell in found:
        sums[cell.hospital, getattr(cell, period), cell.account_group] += cell.amount
    return dict(sums)


def periods_of(found: Iterable[Cell], until: str) -> Mapping[str, list[str]]:
    """By hospital its periods: from the first of the books to `until`. What is dated later has its turn then."""
    first: dict[str, str] = {}
    for cell in found:
        first[cell.hospital] = min(first.get(cell.hospital, cell.accounting_period), cell.accounting_period)
    return {hospital: months(period, until) for hospital, period in sorted(first.items()) if period <= until}


def figures(found: Sequence[Cell], hospital: str, periods: Sequence[str]) -> Mapping[str, list[Figure]]:
    """The figures of each period of a hospital. What is dated before the first of them counts in it."""
    mine = [cell for cell in found if cell.hospital == hospital]
    groups = sorted({cell.account_group for cell in mine})
    books, restated = (_within(movements(mine, name), periods[0]) for name in PERIODS[1:])
    sofar = dict.fromkeys(groups, (NOUGHT, NOUGHT))
    told: dict[str, list[Figure]] = {}
    for period in periods:
        for group in groups:
            moved = (books.get((period, group), NOUGHT), restated.get((period, group), NOUGHT))
            sofar[group] = (sofar[group][0] + moved[0], sofar[group][1] + moved[1])
            told.setdefault(period, []).append(Figure(group, MOVEMENT, *moved))
        told[period] += [Figure(group, BALANCE, *sofar[group]) for group in groups if group in RECEIVABLE_GROUPS]
    return told


def _within(moved: Movements, first: str) -> Mapping[tuple[str, str], Decimal]:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(lambda: NOUGHT)
    for (_, period, group), amount in moved.items():
        sums[max(period, first), group] += amount
    return sums
