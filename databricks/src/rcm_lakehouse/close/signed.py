"""The figures that were signed, frozen by the first run after the signature: from then on they must come out again."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from rcm_lakehouse.close.figures import Figure
from rcm_lakehouse.close.locks import Lock
from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.local_rows import local_rows

SIGNED_FIGURES = "gold.signed_figure"
SCHEMA = "hospital string, period string, account_group string, measure string, amount decimal(38,2)"

type Signed = Mapping[tuple[str, str], Mapping[str, Decimal]]
"""By hospital and period, the amounts signed by figure."""


def read_signed(lake: Lake) -> Signed:
    """All figures that are frozen."""
    found: dict[tuple[str, str], dict[str, Decimal]] = {}
    for hospital, period, group, measure, amount in (
        lake.read(SIGNED_FIGURES).collect() if lake.exists(SIGNED_FIGURES) else ()
    ):
        found.setdefault((hospital, period), {})[f"{group}.{measure}"] = amount
    return found


def freeze(
    lake: Lake, locks: Iterable[Lock], known: Signed, books: Mapping[tuple[str, str], Iterable[Figure]]
) -> Written | None:
    """Writes down the books of periods that were signed since the last run."""
    rows = [
        (lock.hospital, lock.period, figure.account_group, figure.measure, figure.books)
        for lock in locks
        if (lock.hospital, lock.period) not in known
        for figure in books.get((lock.hospital, lock.period), ())
    ]
    return lake.append(SIGNED_FIGURES, local_rows(lake.spark, rows, SCHEMA).coalesce(1)) if rows else None
