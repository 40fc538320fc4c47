"""What the hospital's own general ledger says of a month, beside what the account ledger makes of it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.close.figures import BALANCE, MOVEMENT, NOUGHT, Figure
from rcm_lakehouse.gold.facts import hospital

type Books = Mapping[str, Decimal]
"""Amounts in the books of a period by figure (`Figure.name`)."""


def _movement(account: str, sign: int = 1) -> Callable[[Books], Decimal]:
    return lambda books: sign * books.get(f"{account}.{MOVEMENT}", NOUGHT)


def _receivables(books: Books) -> Decimal:
    return sum((books.get(f"1200_{whose}.{BALANCE}", NOUGHT) for whose in ("insurer", "patient")), NOUGHT)


def _net_revenue(books: Books) -> Decimal:
    return -sum((books.get(f"{account}.{MOVEMENT}", NOUGHT) for account in ("4000", "4100", "4200", "4300")), NOUGHT)


CHART: Mapping[str, Callable[[Books], Decimal]] = {
    "1000": _movement("1000"),
    "1200": _receivables,
    "4000": _movement("4000", -1),
    "4100": _movement("4100"),
    "4200": _movement("4200"),
    "4300": _movement("4300"),
    "4900": _net_revenue,
    "5100": _movement("5100"),
}
"""Accounts that both ledgers have, each by its normal side: cash received on accounts, receivables at the month's end
(debit less credit balances), gross revenue, contractual adjustments, charity, denial write-offs, net revenue, bad
debt."""


@dataclass(frozen=True, slots=True)
class GlBalance:
    """An account of the general ledger in a period, as the hospital's finance system sent it."""

    hospital: str
    period: str
    gl_account: str
    amount: Decimal


def read_gl_balances(rows: DataFrame) -> list[GlBalance]:
    """The balances in rows of `silver.gl_balance` that hold now."""
    account = F.split_part("gl_account", F.lit(":"), F.lit(-1))
    return [GlBalance(*row) for row in rows.select(hospital(), "period", account, "amount").collect()]


def books_of(figures: Iterable[Figure]) -> Books:
    """The books of a period by the names of its figures."""
    return {figure.name: figure.books for figure in figures}
