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
    lake: Lake, locks: Iterable[Lock], books: Mapping[tuple[str, str], Iterable[Figure]]
) -> tuple[Signed, Written | None]:
    """All signed figures, and the write that added the books of periods that were signed since the last run."""
    known = read_signed(lake)
    fresh = {
        name: list(books[name])
        for lock in locks
        if (name := (lock.hospital, lock.period)) in books and name not in known
    }
    rows = [
        (*name, figure.account_group, figure.measure, figure.books)
        for name, figures in fresh.items()
        for figure in figures
    ]
    written = lake.append(SIGNED_FIGURES, local_rows(lake.spark, rows, SCHEMA).coalesce(1)) if rows else None
    return {**known, **{name: {one.name: one.books for one in figures} for name, figures in fresh.items()}}, written
