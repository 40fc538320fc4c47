"""Sums into KPI rows: plain arithmetic on decimals, the same whatever engine summed."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext

from rcm_lakehouse.kpis.definitions import Kpi
from rcm_lakehouse.kpis.measure import Sum

PLACES = Decimal("0.000001")
"""Values, and denominators that are means, are rounded half up to this."""

PRECISION = 60


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One figure. `bucket` None: the whole, or the headline where the KPI has buckets. `value` None: nothing below."""

    kpi_id: str
    version: int
    hospital: str
    period: str
    bucket: str | None
    as_of: date
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal
    left_out: Mapping[str, int]
    unit: str


def kpi_rows(kpis: Sequence[Kpi], sums: Iterable[Sum], as_of: date) -> list[KpiRow]:
    """The rows of all KPIs, ordered by KPI, hospital, period, bucket."""
    by_kpi: dict[str, list[Sum]] = defaultdict(list)
    for one in sums:
        by_kpi[one.kpi_id].append(one)
    rows = [row for kpi in kpis for row in _rows(kpi, by_kpi[kpi.kpi_id], as_of)]
    return sorted(rows, key=lambda row: (row.kpi_id, row.hospital, row.period, row.bucket or ""))


def _rows(kpi: Kpi, sums: Sequence[Sum], as_of: date) -> Iterable[KpiRow]:
    for hospital, period in sorted({(one.hospital, one.period) for one in sums}):
        here = [one for one in sums if (one.hospital, one.period) == (hospital, period)]
        above = [one for one in here if one.side == "numerator"]
        below = [one for one in here if one.side == "denominator"]
        denominator = _mean(_counted(below), kpi.denominator.divide_by)
        left_out = _left_out(kpi.denominator.leave_out, below) | _left_out(kpi.numerator.leave_out, above)
        for bucket, parts in _buckets(kpi, above):
            numerator = _mean(_counted(parts), kpi.numerator.divide_by)
            value = _quotient(numerator, denominator)
            yield KpiRow(
                *(kpi.kpi_id, kpi.version, hospital, period, bucket, as_of),
                *(value, numerator, denominator, left_out, kpi.unit),
            )


def _buckets(kpi: Kpi, above: Sequence[Sum]) -> Iterable[tuple[str | None, Sequence[Sum]]]:
    if kpi.buckets is None:
        return [(None, above)]
    named = sorted({one.bucket for one in above if one.bucket and one.reason is None})
    headline = [one for one in above if one.bucket in kpi.buckets.headline]
    return [(None, headline), *((name, [one for one in above if one.bucket == name]) for name in named)]


def _counted(sums: Iterable[Sum]) -> Decimal:
    return sum((one.amount for one in sums if one.reason is None), Decimal(0))


def _left_out(reasons: Iterable[str], sums: Sequence[Sum]) -> dict[str, int]:
    return {reason: sum(one.rows for one in sums if one.reason == reason) for reason in reasons}


def _mean(total: Decimal, divide_by: int) -> Decimal:
    return total if divide_by == 1 else _quotient(total, Decimal(divide_by)) or Decimal(0)


def _quotient(above: Decimal, below: Decimal) -> Decimal | None:
    if not below:
        return None
    with localcontext(prec=PRECISION):
        return (above / below).quantize(PLACES, ROUND_HALF_UP)
