"""KPIs as of a day and as known at an instant: the whole reckoning, for the job's task and for whoever asks again."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from pyspark.sql import functions as F

from rcm_lakehouse.kpis.definitions import Kpi
from rcm_lakehouse.kpis.feeds import Choice, choices
from rcm_lakehouse.kpis.relations.accounts import posted_entries
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.sums import reckon_sums
from rcm_lakehouse.kpis.values import KpiRow, kpi_rows
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.session import utc_now


def reckon_kpis(
    lake: Lake,
    metadata: Metadata,
    kpis: Sequence[Kpi],
    as_of: date,
    known_at: datetime | None = None,
    month_ends: Sequence[date] | None = None,
) -> list[KpiRow]:
    """Every figure of `kpis` (`definitions.read_kpis`) at every hospital that feeds them.

    `as_of`: figures are told of the months that had ended by then. `known_at` (aware; None: now): only what had
    arrived by then counts; a day stands for its end, `end_of_day(day)`. `month_ends`: of which of those months (None:
    all) there are to be figures at month ends.

    Amounts are USD, values have six places, members of slices are ids as silver has them (`hospital_a:DEPT001`).
    Reads silver, `bronze.delivery` and `gold.ledger_line`; writes nothing but what it sets aside under `staging/`.
    """
    known = Known(lake, metadata, known_at)
    chosen = choices(kpis, known.feeds())
    return figures(known, chosen, as_of, known_at or utc_now(), month_ends)


def figures(
    known: Known, chosen: Sequence[Choice], as_of: date, known_at: datetime, month_ends: Sequence[date] | None = None
) -> list[KpiRow]:
    """The rows of what is chosen; see `reckon_kpis`."""
    definitions = [one.definition for one in chosen if one.definition]
    span, first_periods = asked_span(known, chosen, as_of, month_ends)
    wanted = [one for definition in definitions for one in definition.sums()]
    sliced = [one for definition in definitions for one in definition.sliced_sums()]
    sums = reckon_sums(known, span, wanted, sliced)
    return kpi_rows(chosen, sums, span, {name: f"{day:%Y-%m}" for name, day in first_periods.items()}, known_at)


def asked_span(
    known: Known, chosen: Sequence[Choice], as_of: date, month_ends: Sequence[date] | None = None
) -> tuple[Span, Mapping[str, date]]:
    """The time that the figures of what is chosen are of, and hospital to the day of its first fact."""
    at_month_ends = any(one.definition.at_month_ends for one in chosen if one.definition)
    first_periods = _first_periods(known) if at_month_ends else {}
    ended = _month_ends(min(first_periods.values(), default=None), as_of)
    return Span(as_of, [end for end in ended if month_ends is None or end in month_ends]), first_periods


def end_of_day(day: date) -> datetime:
    """The last instant of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1, microseconds=-1)


def _first_periods(known: Known) -> Mapping[str, date]:
    """Hospital to the day of its first fact in the account ledger or the general ledger."""
    posted = posted_entries(known).select("hospital", F.col("posting_date").alias("day"))
    booked = known.rows("gl_balance").select("hospital", F.to_date(F.concat("period", F.lit("-01"))).alias("day"))
    return dict(posted.unionByName(booked).groupBy("hospital").agg(F.min("day")).collect())


def _month_ends(first: date | None, as_of: date) -> list[date]:
    """The month ends from a day to another."""
    if first is None:
        return []
    months = range(first.year * 12 + first.month, as_of.year * 12 + as_of.month + 1)
    ends = (date(month // 12, month % 12 + 1, 1) - timedelta(days=1) for month in months)
    return [end for end in ends if end <= as_of]
