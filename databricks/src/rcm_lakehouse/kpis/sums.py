"""What definitions sum up: one pass over each relation, one query for all sums."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.definitions import Sum
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.kpis.relations.accounts import SLICES
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.relations.span import Span

UNDATED = "undated"
"""Period of rows without the date that would decide it."""

SLICED_MONTHS = 12
"""So many of the last periods are also told by slice."""

TOTAL = "decimal(38,2)"


class Place(NamedTuple):
    """Whose figure: `period` is yyyy-mm or UNDATED; `dimension` and `member` are None for the whole hospital."""

    hospital: str
    period: str
    dimension: str | None
    member: str | None


type Sums = Mapping[Place, Mapping[Sum, Decimal]]
"""What is not there is nought."""


def reckon_sums(known: Known, span: Span, sums: Iterable[Sum], sliced: Iterable[Sum]) -> Sums:
    """Every sum in every place: of hospital and period, those `sliced` also of its slices in the last periods."""
    wanted = list(dict.fromkeys(sums))
    if not wanted:
        return {}
    numbers = {one: number for number, one in enumerate(wanted)}
    parts = [_summed(known, span, [one for one in wanted if one.of == name], numbers) for name in _relations(wanted)]
    placed = _by_place(reduce(DataFrame.unionByName, parts), _first_sliced(span), [numbers[one] for one in set(sliced)])
    rows = placed.select("number", *Place._fields, "amount").collect()
    found: dict[Place, dict[Sum, Decimal]] = {}
    for number, *place, amount in rows:
        found.setdefault(Place(*place), {})[wanted[number]] = amount
    return found


def _relations(sums: Iterable[Sum]) -> list[str]:
    return sorted({one.of for one in sums})


def _first_sliced(span: Span) -> str:
    months = span.as_of.year * 12 + span.as_of.month - SLICED_MONTHS
    return f"{months // 12}-{months % 12 + 1:02d}"


def _summed(known: Known, span: Span, sums: Sequence[Sum], numbers: Mapping[Sum, int]) -> DataFrame:
    """One row per sum, hospital, period and the finest slice."""
    timings = sorted({(one.period, one.window) for one in sums})
    rows = RELATIONS[sums[0].of].lay_out(known, span)
    at = F.flatten(F.array(*(_counted(position, *timing) for position, timing in enumerate(timings))))
    placed = rows.withColumn("_at", F.explode(at)).withColumn("period", _period(F.col("_at.month_end"), span))
    totals = [_total(one, timings.index((one.period, one.window))).alias(f"_{numbers[one]}") for one in sums]
    summed = placed.where("period IS NOT NULL").groupBy("hospital", "period", *SLICES).agg(*totals)
    cells = [F.struct(F.lit(numbers[one]).alias("number"), F.col(f"_{numbers[one]}").alias("amount")) for one in sums]
    told = F.filter(F.array(*cells), lambda cell: cell["amount"] != 0)
    return summed.select("hospital", "period", *SLICES, F.explode(told).alias("_told")).select(
        "_told.*", "hospital", "period", *SLICES
    )


def _total(one: Sum, position: int) -> Column:
    amount = F.expr(one.amount).cast("decimal(18,2)")
    return F.sum(F.when((F.col("_at.timing") == position) & F.expr(one.where), amount)).cast(TOTAL)


def _counted(position: int, period: str, window: str) -> Column:
    """Month ends in which a row counts by one timing, as (timing, month_end); one without for a row without date."""
    count, _, unit = window.partition("_")
    day = F.expr(period)
    if window == "month":
        ends = F.array(F.last_day(day))
    elif unit == "days":
        until = F.date_add(day, int(count) - 1)
        months = F.expr(f"sequence(0, {int(count) // 28 + 1})")
        ends = F.filter(F.transform(months, lambda n: F.last_day(F.add_months(day, n))), lambda end: end <= until)
    else:
        first = 1 if unit == "months_before" else 0
        months = F.expr(f"sequence({first}, {first + int(count) - 1})")
        ends = F.transform(months, lambda n: F.last_day(F.add_months(day, n)))
    return F.transform(ends, lambda end: F.struct(F.lit(position).alias("timing"), end.alias("month_end")))


def _period(month_end: Column, span: Span) -> Column:
    """NULL for months after that of the as-of date."""
    period = F.date_format(month_end, "yyyy-MM")
    return F.when(month_end.isNull(), UNDATED).when(period <= f"{span.as_of:%Y-%m}", period)


def _by_place(parts: DataFrame, first_sliced: str, sliced: Sequence[int]) -> DataFrame:
    whole = F.array(_slice(None))
    each = F.filter(F.array(*(_slice(name) for name in SLICES)), lambda one: one["member"].isNotNull())
    is_sliced = F.col("number").isin(*sliced) & (F.col("period") >= first_sliced)
    slices = F.when(is_sliced, F.concat(whole, each)).otherwise(whole)
    placed = parts.withColumn("_slice", F.explode(slices)).select("*", "_slice.*")
    return placed.groupBy("number", *Place._fields).agg(F.sum("amount").cast(TOTAL).alias("amount"))


def _slice(name: str | None) -> Column:
    member = F.col(name) if name else F.lit(None).cast("string")
    return F.struct(F.lit(name).cast("string").alias("dimension"), member.alias("member"))
