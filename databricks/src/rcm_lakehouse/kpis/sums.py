"""What definitions sum up: one pass over each relation, one query for all sums."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from pyspark.sql import DataFrame
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
    rows = sums_by_place(known, span, wanted, sliced).select("number", *Place._fields, "amount").collect()
    found: dict[Place, dict[Sum, Decimal]] = {}
    for number, *place, amount in rows:
        found.setdefault(Place(*place), {})[wanted[number]] = amount
    return found


def sums_by_place(known: Known, span: Span, wanted: Sequence[Sum], sliced: Iterable[Sum]) -> DataFrame:
    """The same as rows: `number` (of the sum among `wanted`, some), `Place._fields` and `amount`, other than nought."""
    numbers = {one: number for number, one in enumerate(wanted)}
    parts = [_summed(known, span, [one for one in wanted if one.of == name], numbers) for name in _relations(wanted)]
    told = [numbers[one] for one in set(sliced) if one in numbers]
    return _by_place(reduce(DataFrame.unionByName, parts), _first_sliced(span), told)


def _relations(sums: Iterable[Sum]) -> list[str]:
    return sorted({one.of for one in sums})


def _first_sliced(span: Span) -> str:
    months = span.as_of.year * 12 + span.as_of.month - SLICED_MONTHS
    return f"{months // 12}-{months % 12 + 1:02d}"


def placed(known: Known, span: Span, sums: Sequence[Sum]) -> tuple[DataFrame, Mapping[Sum, str]]:
    """Rows of the one relation that `sums` are of, once for every timing and `period` in which a row counts by it;

    and what a row adds to each sum, NULL where it does not count, as SQL text: Spark reads that faster than calls.
    """
    timings = sorted({(one.period, one.window) for one in sums})
    at = ", ".join(_counted(position, *timing) for position, timing in enumerate(timings))
    rows = RELATIONS[sums[0].of].lay_out(known, span).select("*", F.expr(f"explode(flatten(array({at}))) AS _at"))
    amounts = {one: _amount(one, timings.index((one.period, one.window))) for one in sums}
    return rows.withColumn("period", F.expr(_period(span))).where("period IS NOT NULL"), amounts


def _summed(known: Known, span: Span, sums: Sequence[Sum], numbers: Mapping[Sum, int]) -> DataFrame:
    """One row per sum, hospital, period and the finest slice."""
    rows, amounts = placed(known, span, sums)
    totals = [f"CAST(sum({amount}) AS {TOTAL}) AS _{numbers[one]}" for one, amount in amounts.items()]
    summed = rows.groupBy("hospital", "period", *SLICES).agg(*(F.expr(total) for total in totals))
    cells = ", ".join(f"struct({numbers[one]} AS number, _{numbers[one]} AS amount)" for one in sums)
    told = F.expr(f"explode(filter(array({cells}), cell -> cell.amount <> 0)) AS _told")
    return summed.select("hospital", "period", *SLICES, told).select("_told.*", "hospital", "period", *SLICES)


def _amount(one: Sum, position: int) -> str:
    return f"CASE WHEN _at.timing = {position} AND {one.where} THEN CAST({one.amount} AS decimal(18,2)) END"


def _counted(position: int, period: str, window: str) -> str:
    """Month ends in which a row counts by one timing, as (timing, month_end); one without for a row without date."""
    count, _, unit = window.partition("_")
    if window == "month":
        ends = f"array(last_day({period}))"
    elif unit == "days":
        until = f"date_add({period}, {int(count) - 1})"
        ends = f"filter({_month_ends(period, 0, int(count) // 28 + 1)}, end -> end <= {until})"
    else:
        first = 1 if unit == "months_before" else 0
        ends = _month_ends(period, first, first + int(count) - 1)
    return f"transform({ends}, end -> struct({position} AS timing, end AS month_end))"


def _month_ends(day: str, first: int, last: int) -> str:
    return f"transform(sequence({first}, {last}), n -> last_day(add_months({day}, n)))"


def _period(span: Span) -> str:
    """NULL for months after that of the as-of date."""
    period = "date_format(_at.month_end, 'yyyy-MM')"
    return f"CASE WHEN _at.month_end IS NULL THEN '{UNDATED}' WHEN {period} <= '{span.as_of:%Y-%m}' THEN {period} END"


def _by_place(parts: DataFrame, first_sliced: str, sliced: Sequence[int]) -> DataFrame:
    """One row per sum and place: the whole hospital's, and where it is told by slice, each slice's."""
    members = ", ".join(f"struct('{name}' AS dimension, {name} AS member)" for name in SLICES)
    whole = "array(struct(CAST(NULL AS string) AS dimension, CAST(NULL AS string) AS member))"
    each = f"filter(array({members}), one -> one.member IS NOT NULL)"
    is_sliced = F.col("number").isin(*sliced) & (F.col("period") >= first_sliced)
    slices = F.when(is_sliced, F.expr(f"concat({whole}, {each})")).otherwise(F.expr(whole))
    placed = parts.withColumn("_slice", F.explode(slices)).select("*", "_slice.*")
    return placed.groupBy("number", *Place._fields).agg(F.sum("amount").cast(TOTAL).alias("amount"))
