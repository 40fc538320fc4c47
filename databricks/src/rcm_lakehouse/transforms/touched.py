"""Which members newly arrived file versions may have changed: silver is rebuilt for these and no others."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun, Source
from rcm_lakehouse.transforms.mapping import key_of, period_of


def touched_members(
    log: DataFrame, quarantined: DataFrame, file_periods: DataFrame, arrived: DataFrame, source: Source, noun: Noun
) -> DataFrame | None:
    """`_key` of each member that the file versions `arrived` may have changed; None: every member of the source.

    All generations of a file version count: what an earlier one said of a member, a later one takes back.
    A full extract speaks of every member; a period of all that any delivery ever put into it. `file_periods` has
    `_file_version_id` and `_period` of every delivery of the source.
    """
    if source.delivery_kind == "full":
        return None
    keyed = log.select("_file_version_id", key_of(source, noun).alias("_key"), period_of(source).alias("_period"))
    brought = keyed.join(F.broadcast(arrived), "_file_version_id", "left_semi")
    if source.delivery_kind != "period":
        return brought.select("_key").distinct()
    in_periods = _members_of_periods(keyed.unionByName(quarantined.select(*keyed.columns)), file_periods, arrived)
    return brought.select("_key").unionByName(in_periods).distinct()


def _members_of_periods(members: DataFrame, file_periods: DataFrame, arrived: DataFrame) -> DataFrame:
    """`_key` of each of `members` in a period of which an arrived file version speaks."""
    named = file_periods.withColumnRenamed("_period", "_named")
    placed = members.join(F.broadcast(named), "_file_version_id", "left").select(
        "_file_version_id", "_key", F.coalesce("_named", "_period").alias("_period")
    )
    spoken_of = placed.select(*file_periods.columns).unionByName(file_periods)
    periods = spoken_of.join(F.broadcast(arrived), "_file_version_id", "left_semi").select("_period").distinct()
    return placed.join(F.broadcast(periods), "_period", "left_semi").select("_key")
