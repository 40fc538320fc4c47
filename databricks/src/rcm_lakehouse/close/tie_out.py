"""Ties a period out: at each stage between file and figure, what should be there and what is, to the cent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rcm_lakehouse.close.figures import NOUGHT, Figure
from rcm_lakehouse.close.general_ledger import CHART, GlBalance, books_of
from rcm_lakehouse.close.kpi_rows import Measured, expected_amounts
from rcm_lakehouse.close.records import Kept
from rcm_lakehouse.close.remittances import Remitted
from rcm_lakehouse.close.stated import Stated
from rcm_lakehouse.close.trial_balance import Aged, total


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of a period: `check` is the stage, `of` what was compared there. None: it is not there at all."""

    check: str
    of: str
    expected: Decimal | None
    found: Decimal | None

    @property
    def holds(self) -> bool:
        return self.expected == self.found

    @property
    def difference(self) -> Decimal:
        return (self.found or NOUGHT) - (self.expected or NOUGHT)


@dataclass(frozen=True, slots=True)
class Period:
    """All that is known of one period of one hospital. `posted`: sums by the month of posting, by account group."""

    hospital: str
    period: str
    kept: tuple[Kept, ...]
    remitted: tuple[Remitted, ...]
    stated: tuple[Stated, ...]
    posted: Mapping[str, Decimal]
    receivable: Decimal
    aged: tuple[Aged, ...]
    kpis: tuple[Measured, ...]
    figures: tuple[Figure, ...]
    general_ledger: tuple[GlBalance, ...]
    feeds_general_ledger: bool
    signed: Mapping[str, Decimal]


def tie_out(of: Period) -> list[Line]:
    """Every comparison, from the files to the figures."""
    files = (*_records(of.kept), *_remittances(of.remitted))
    return [*files, *_entries(of.stated), *_balances(of), *_kpis(of), *_general_ledger(of), *_signed(of)]


def _records(kept: Iterable[Kept]) -> Iterator[Line]:
    """What the files told is in silver: members and amounts."""
    for one in kept:
        yield Line("records", one.noun, Decimal(one.told), Decimal(one.kept))
        yield Line("amounts", one.noun, one.told_amount, one.kept_amount)
        yield Line("breaks", f"{one.noun} records", NOUGHT, Decimal(one.breaks))


def _remittances(remitted: Iterable[Remitted]) -> Iterator[Line]:
    """What payers paid is what they say of its parts."""
    for one in remitted:
        yield Line("payments", one.noun, one.must, one.told)
        yield Line("breaks", f"{one.noun} payments", NOUGHT, Decimal(one.breaks))


def _entries(stated: Iterable[Stated]) -> Iterator[Line]:
    """What silver says is entered in the ledger: lines and debits."""
    for one in stated:
        yield Line("entries", one.noun, Decimal(one.stated), Decimal(one.entered))
        yield Line("debits", one.noun, one.stated_amount, one.entered_amount)
        yield Line("breaks", f"{one.noun} entries", NOUGHT, Decimal(one.breaks))


def _balances(of: Period) -> Iterator[Line]:
    """Each month's lines balance, and the trial balance is what the ledger says of receivables."""
    yield Line("balanced", "all accounts", NOUGHT, sum(of.posted.values(), NOUGHT))
    yield Line("trial_balance", "1200", of.receivable, total(of.aged))


def _kpis(of: Period) -> Iterator[Line]:
    """The figures that are published are those of the trial balance and of the ledger, and each value its quotient."""
    expected = expected_amounts(of.aged, of.posted, of.general_ledger)
    for row in of.kpis:
        for side, amount in row.sides():
            if (row.kpi_id, row.bucket, side) in expected:
                yield Line("kpi", f"{row.name}.{side}", expected[row.kpi_id, row.bucket, side], amount)
        if row.value != row.quotient:
            yield Line("kpi", f"{row.name}.value", row.quotient, row.value)


def _general_ledger(of: Period) -> Iterator[Line]:
    """What the hospital's own books say. Who feeds them must feed every month that is to be signed."""
    if not of.feeds_general_ledger:
        return
    books = books_of(of.figures)
    told = {one.gl_account: one.amount for one in of.general_ledger}
    for account, amount in CHART.items():
        if account in told or not told:
            yield Line("general_ledger", account, told.get(account), amount(books))


def _signed(of: Period) -> Iterator[Line]:
    """What was signed comes out of the ledger again."""
    books = books_of(of.figures)
    for name in sorted(of.signed.keys() | books.keys() if of.signed else ()):
        yield Line("signed", name, of.signed.get(name, NOUGHT), books.get(name, NOUGHT))
