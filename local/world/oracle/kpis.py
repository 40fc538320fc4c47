"""KPIs worked out from a hospital's books by the sentences of KPIS.md, plainly and slowly."""

from collections.abc import Iterator

from local.world.oracle.books import Books
from local.world.oracle.claims import claims, collections
from local.world.oracle.patients import patients
from local.world.oracle.receivables import net_revenue, receivables
from local.world.oracle.terms import Told


def kpis(books: Books, period: str) -> Iterator[Told]:
    """Yield (kpi_id, bucket, numerator, denominator) of every KPI of a month (yyyy-mm)."""
    for measure in (receivables, claims, collections, patients, net_revenue):
        yield from measure(books, period)
