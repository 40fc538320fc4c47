"""Which members newly arrived file versions may have changed: silver is rebuilt for these and no others."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun, Source
from rcm_lakehouse.transforms.mapping import key_of, period_of


def touched_members(
    log: DataFrame, quarantined: DataFrame, arrived: Sequence[str], spoken_of: Sequence[str], source: Source, noun: Noun
) -> DataFrame:
    """`source_id` and `_key` of each member that the file versions `arrived` may have changed.

    All generations of a file version count: what an earlier one said of a member, a later one takes back. A period,
    one of `spoken_of`, speaks of all that any delivery ever put into it.
    """
    keyed = log.select("_file_version_id", key_of(source, noun).alias("_key"), period_of(source).alias("_period"))
    may_change = F.col("_file_version_id").isin(list(arrived))
    if spoken_of:
        keyed = keyed.unionByName(quarantined.select(*keyed.columns))
        may_change |= F.coalesce("_period", F.lit("")).isin(list(spoken_of))
    return keyed.where(may_change).select(F.lit(source.source_id).alias("source_id"), "_key").distinct()
