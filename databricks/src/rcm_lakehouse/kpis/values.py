"""Sums into KPI rows: plain arithmetic on decimals, the same whatever engine summed."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from rcm_lakehouse.kpis.definitions import Bucket, Definition, Sum, days
from rcm_lakehouse.kpis.feeds import Choice
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.sums import Place, Sums

PLACES = Decimal("0.000001")
"""Values are rounded half up to this."""

PRECISION = 60

NOUGHT = Decimal(0)


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One figure: value = numerator x multiplier / denominator, None where the denominator is nought.

    `bucket` None: the whole, or the headline. `dimension` and `member` None: the whole hospital; else payer,
    department, provider or service_line and the id of one. `known_at`: what had arrived by then counts.
    `left_out`: reason to the count of rows left out. `quality`: why the figure is not to be trusted, if so.
    """

    kpi_id: str
    version: int
    basis: str
    hospital: str
    period: str
    bucket: str | None
    dimension: str | None
    member: str | None
    as_of: date
    known_at: datetime
    value: Decimal | None
    numerator: Decimal
    denominator: Decimal
    multiplier: int
    left_out: Mapping[str, int]
    unit: str
    quality: str | None


def kpi_rows(
    chosen: Iterable[Choice], sums: Sums, span: Span, first_periods: Mapping[str, str], known_at: datetime
) -> list[KpiRow]:
    """The rows of all chosen definitions, ordered by KPI, hospital, period, dimension, member, bucket.

    `first_periods`: hospital to the month of its first fact; figures at month ends begin there.
    """
    asked = _Asked(span, first_periods, known_at, sums)
    chosen_here = [(choice, choice.definition) for choice in chosen if choice.definition]
    rows = [row for choice, definition in chosen_here for row in _rows(choice, definition, asked)]
    return sorted(rows, key=_order)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What figures are asked for, and of what."""

    span: Span
    first_periods: Mapping[str, str]
    known_at: datetime
    sums: Sums


def _rows(choice: Choice, definition: Definition, asked: _Asked) -> Iterator[KpiRow]:
    named = named_buckets(definition)
    ends = {f"{one:%Y-%m}": one for one in asked.span.month_ends} if definition.at_month_ends else {}
    for place in _places(choice.hospital, definition, asked):
        here = asked.sums.get(place, {})
        as_of = ends.get(place.period, asked.span.as_of)
        multiplier = days(definition.multiplier, as_of)
        left_out = {reason: int(here.get(one, 0)) for reason, one in definition.left_out.items()}
        quality = _quality(definition, here)
        for bucket, name in named:
            above, below = here.get(bucket.numerator, NOUGHT), here.get(bucket.denominator, NOUGHT)
            if place.dimension and not (bucket.is_sliced and below):
                continue
            yield KpiRow(
                *(choice.kpi.kpi_id, choice.kpi.version, definition.basis, *place[:2], name, *place[2:]),
                *(as_of, asked.known_at, quotient(above * multiplier, below), above, below, multiplier),
                *(left_out, choice.kpi.unit, quality),
            )


def _places(hospital: str, definition: Definition, asked: _Asked) -> Iterator[Place]:
    """Where there is a figure: at month ends the hospital always has one, else where there is anything to sum."""
    wanted = set(definition.sums())
    found = (place for place, sums in asked.sums.items() if place.hospital == hospital and not wanted.isdisjoint(sums))
    if not definition.at_month_ends:
        yield from found
    elif first := asked.first_periods.get(hospital):
        earliest = _months_after(first, definition.months_before)
        periods = {f"{one:%Y-%m}" for one in asked.span.month_ends if f"{one:%Y-%m}" >= earliest}
        yield from (Place(hospital, period, None, None) for period in periods)
        yield from (place for place in found if place.dimension and place.period in periods)


def _months_after(period: str, count: int) -> str:
    months = int(period[:4]) * 12 + int(period[5:]) - 1 + count
    return f"{months // 12}-{months % 12 + 1:02d}"


def named_buckets(definition: Definition) -> list[tuple[Bucket, str | None]]:
    """The buckets by name; the headline stands once more without one."""
    headline = [(one, None) for one in definition.buckets if one.name and one.name == definition.headline]
    return [*headline, *((one, one.name) for one in definition.buckets)]


def _quality(definition: Definition, here: Mapping[Sum, Decimal]) -> str | None:
    if definition.flagged is None:
        return None
    rows, flagged = (here.get(one, NOUGHT) for one in definition.flagged)
    return f"{100 * flagged / rows:.1f} % of {rows:.0f} rows are flagged" if flagged else None


def quotient(above: Decimal, below: Decimal) -> Decimal | None:
    """Half up to six places; None over nought."""
    if not below:
        return None
    with localcontext(prec=PRECISION):
        return (above / below).quantize(PLACES, ROUND_HALF_UP)


def _order(row: KpiRow) -> tuple[str, ...]:
    return (row.kpi_id, row.hospital, row.period, row.dimension or "", row.member or "", row.bucket or "")
