"""What KPI definitions sum up over gold. Each side is summed over its own table, so no join repeats money."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.definitions import Kpi, Measure
from rcm_lakehouse.lake import Lake

UNDATED = "undated"
"""Period of rows without the date that would decide it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What rows of one side of a KPI add up to. `reason` None: counted; else left out for that reason."""

    kpi_id: str
    side: str
    hospital: str
    period: str
    bucket: str | None
    reason: str | None
    amount: Decimal
    rows: int


def missing_feeds(lake: Lake, kpi: Kpi) -> list[str]:
    """The feeds without which the KPI refuses: nouns that no source has ever filled."""
    return [feed for feed in kpi.feeds if not lake.exists(f"silver.{feed}")]


def sums(lake: Lake, kpis: Sequence[Kpi], as_of: date) -> list[Sum]:
    """Both sides of every KPI, in one query."""
    sides = [_side(lake, kpi, side, as_of) for kpi in kpis for side in ("numerator", "denominator")]
    return [Sum(*row) for row in reduce(DataFrame.unionByName, sides).collect()] if sides else []


def _side(lake: Lake, kpi: Kpi, side: str, as_of: date) -> DataFrame:
    measure = kpi.numerator if side == "numerator" else kpi.denominator
    bucket = F.expr(kpi.buckets.expression) if kpi.buckets and side == "numerator" else F.lit(None).cast("string")
    rows = _population(lake, measure, as_of).withColumn("bucket", bucket)
    summed = rows.groupBy("hospital", "period", "bucket", "reason").agg(
        F.coalesce(F.sum("amount"), F.lit(0)).cast("decimal(38,2)").alias("amount"), F.count("*").alias("rows")
    )
    return summed.select(F.lit(kpi.kpi_id).alias("kpi_id"), F.lit(side).alias("side"), *summed.columns)


def _population(lake: Lake, measure: Measure, as_of: date) -> DataFrame:
    """The rows a measure is about; a row whose condition cannot be told stays, to be counted as left out."""
    rows = lake.read(f"gold.{measure.of}").withColumn("as_of", F.lit(as_of))
    rows = rows.where(F.coalesce(F.expr(measure.where), F.lit(True)))
    reasons = [F.when(F.expr(when), F.lit(reason)) for reason, when in measure.leave_out.items()]
    month = F.date_format(F.expr(measure.period), "yyyy-MM")
    return rows.withColumns(
        {
            "period": F.coalesce(month, F.lit(UNDATED)),
            "reason": F.coalesce(*reasons, F.lit(None).cast("string")),
            "amount": F.expr(measure.amount).cast("decimal(18,2)"),
        }
    )
