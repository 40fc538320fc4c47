"""Which members newly arrived file versions may have changed: silver is rebuilt for these and no others."""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun, Source
from rcm_lakehouse.transforms.mapping import key_of, period_of


def touched_members(
    log: DataFrame,
    quarantined: DataFrame,
    file_periods: Mapping[str, str],
    arrived: Sequence[str],
    source: Source,
    noun: Noun,
) -> DataFrame | None:
    """`source_id` and `_key` of each member that the file versions `arrived` may have changed; None: every member.

    All generations of a file version count: what an earlier one said of a member, a later one takes back. A full
    extract speaks of every member; a period of all that any delivery ever put into it. `file_periods` names the period
    of a file version whose path does.
    """
    if source.delivery_kind == "full":
        return None
    keyed = log.select("_file_version_id", key_of(source, noun).alias("_key"), period_of(source).alias("_period"))
    is_new = F.col("_file_version_id").isin(list(arrived))
    if source.delivery_kind == "period":
        said = keyed.unionByName(quarantined.select(*keyed.columns))
        keyed = _of_periods(said.withColumn("_period", _period(file_periods)), is_new, file_periods, arrived)
    else:
        keyed = keyed.where(is_new)
    return keyed.select(F.lit(source.source_id).alias("source_id"), "_key").distinct()


def _of_periods(said: DataFrame, is_new: Column, file_periods: Mapping[str, str], arrived: Sequence[str]) -> DataFrame:
    """All that was ever said of a period of which an arrived file version speaks, and all that this one says."""
    once = said.withColumn("_is_new", is_new).groupBy("_key", "_period").agg(F.bool_or("_is_new").alias("_is_new"))
    # A file whose path names its period speaks of it even with no record in it.
    named = [file_periods[name] for name in arrived if name in file_periods]
    spoken_of = F.bool_or("_is_new").over(Window.partitionBy("_period")) & F.col("_period").isNotNull()
    return once.withColumn("_spoken_of", spoken_of | F.col("_period").isin(named)).where("_is_new OR _spoken_of")


def _period(file_periods: Mapping[str, str]) -> Column:
    if not file_periods:
        return F.col("_period")
    named = F.create_map(*(F.lit(part) for pair in file_periods.items() for part in pair))
    return F.coalesce(F.try_element_at(named, F.col("_file_version_id")), F.col("_period"))
