"""What definitions sum up: one pass over each relation, one query for all sums."""

from collections.abc import Iterable, Mapping, Sequence, Set
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

WHOLE = "struct(CAST(NULL AS string) AS dimension, CAST(NULL AS string) AS member)"


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
    told = set(sliced)
    of_relation = ([one for one in wanted if one.of == name] for name in _relations(wanted))
    return reduce(DataFrame.unionByName, (_summed(known, span, mine, numbers, told) for mine in of_relation))


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


def _summed(known: Known, span: Span, sums: Sequence[Sum], numbers: Mapping[Sum, int], sliced: Set[Sum]) -> DataFrame:
    """One row per sum of one relation and place. Summed as whole cents: decimals cost several times as much."""
    rows, amounts = placed(known, span, sums)
    told = [str(numbers[one]) for one in sums if one in sliced]
    at = rows.withColumn("_slice", F.explode(F.expr(_slices(span) if told else f"array({WHOLE})")))
    at = at.where("_slice.dimension IS NULL OR _slice.member IS NOT NULL")
    totals = [F.expr(f"sum(CAST(100 * {amount} AS bigint)) AS _{numbers[one]}") for one, amount in amounts.items()]
    summed = at.groupBy("hospital", "period", "_slice.dimension", "_slice.member").agg(*totals)
    cells = ", ".join(f"struct({numbers[one]} AS number, _{numbers[one]} AS cents)" for one in sums)
    is_told = f"(dimension IS NULL OR cell.number IN ({', '.join(told) or 'NULL'}))"
    each = F.expr(f"explode(filter(array({cells}), cell -> cell.cents <> 0 AND {is_told})) AS _told")
    amount = F.expr(f"CAST(_told.cents * 0.01 AS {TOTAL}) AS amount")
    return summed.select(*Place._fields, each).select("_told.number", *Place._fields, amount)


def _amount(one: Sum, position: int) -> str:
    return f"CASE WHEN _at.timing = {position} AND {one.where} THEN CAST({one.amount} AS decimal(18,2)) END"


def _counted(position: int, period: str, window: str) -> str:
    """Month ends in which a row counts by one timing, as (timing, month_end); one without for a row without date."""
    count, _, unit = window.partition("_")
    if window == "month":
        return f"array(struct({position} AS timing, last_day({period}) AS month_end))"
    if unit == "days":
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


def _slices(span: Span) -> str:
    """The whole hospital, and in the last periods the slices that a row may be of."""
    slices = ", ".join(f"struct('{name}' AS dimension, {name} AS member)" for name in SLICES)
    return f"CASE WHEN period >= '{_first_sliced(span)}' THEN array({WHOLE}, {slices}) ELSE array({WHOLE}) END"
