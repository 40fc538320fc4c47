"""Which members newly arrived file versions may have changed: silver is rebuilt for these and no others."""

from collections.abc import Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun, Source
from rcm_lakehouse.transforms.mapping import key_of, period_of, stored_key
from rcm_lakehouse.transforms.spans import MEMBER, SPAN


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


def compared(said: DataFrame, quarantined: DataFrame, held: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """`source_id`, `_key` and `_repeats` of each member that a delivery mentions; with a full one, of all held, too.

    The delivery comes after all others, in its source's order and by when it was known. `said` are its records with
    their content, `quarantined` its members that were not accepted, `held` what `holding` gives. A member repeats when
    each record of it was accepted and says the content that silver holds, from no earlier than it holds: then neither a
    version nor a belief of it can change, whatever the kind of the delivery.
    """
    accepted = F.when(F.size("_reasons") == 0, F.col("_content_hash"))
    told = said.select(*MEMBER, accepted.alias("_content"), F.col("_effective_at").alias("_at"))
    of_member = (
        told.unionByName(quarantined.select(*MEMBER), True)
        .groupBy(*MEMBER)
        .agg(
            F.min(F.coalesce("_content", F.lit(""))).alias("_least"),
            F.max("_content").alias("_greatest"),
            F.min("_at").alias("_from"),
        )
    )
    repeats = (F.col("_least") == F.col("_holds")) & (F.col("_greatest") == F.col("_holds"))
    if noun.history == "scd2":
        repeats &= F.col("_from") >= F.col("_since")
    both = of_member.join(held, MEMBER, "full" if kind == "full" else "left")
    return both.select(*MEMBER, F.coalesce(repeats, F.lit(False)).alias("_repeats"))


def holding(stored: DataFrame, noun: Noun) -> DataFrame:
    """Of each member that rows of silver hold now: `_holds`, its content, and `_since`, from when."""
    since, _ = SPAN[noun.history]
    now = stored.where("is_current").select("source_id", stored_key(noun).alias("_key"), "_content_hash", since)
    return now.withColumnsRenamed({"_content_hash": "_holds", since: "_since"})
