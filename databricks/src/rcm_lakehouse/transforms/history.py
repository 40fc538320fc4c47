"""The two histories of silver: the row that stands (latest) and every version by effective time (scd2)."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.transforms.belief import MEMBER, believable, gone_spans, preferred
from rcm_lakehouse.transforms.mapping import POSITION

VERSION_COLUMNS = ("effective_from", "effective_to", "is_current")


def history(records: DataFrame, present: DataFrame, stand: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """What silver holds of the members in `records`, given all that sources of one delivery kind said of them."""
    if noun.history == "scd2":
        return _versions(believable(records, present, kind), present, stand, kind, noun)
    timeless = records.withColumn("_effective_at", F.lit(None).cast("timestamp"))
    return _latest(believable(timeless, present, kind), present, stand, kind, noun)


def _latest(believed: DataFrame, present: DataFrame, stand: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """One row per member. Of full extracts: of the members in the newest one, whatever became of their record there."""
    chosen = preferred(believed, kind, *MEMBER)
    if kind == "full":
        newest = stand.groupBy("source_id").agg(F.max("_ordinal").alias("_ordinal"))
        chosen = chosen.join(present.join(F.broadcast(newest), ["source_id", "_ordinal"]), MEMBER, "left_semi")
    return _stored(chosen, noun)


def _versions(believed: DataFrame, present: DataFrame, stand: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """Every version of each member by effective time; `effective_to` is the next change's time, exclusive.

    Of two records of one effective time the later delivered stands. A record equal to the one before it makes no
    version. A member that is gone (see `gone_spans`) has no version for that time.
    """
    group = MEMBER if kind == "append" else [*MEMBER, "_effective_at"]
    told = preferred(believed, "append" if kind == "append" else "full", *group)
    gone = gone_spans(present, stand) if kind == "full" else None
    return _stored(_spans(_states(told, gone)), noun, *VERSION_COLUMNS)


def _states(told: DataFrame, gone: DataFrame | None) -> DataFrame:
    """What holds of each member from each time at which something changes: `_state`, NULL while it is gone."""
    time = [*MEMBER, "_effective_at"]
    values = told.select(*time, F.struct(*(c for c in told.columns if c not in time)).alias("_state"))
    if gone is None:
        return values
    nothing = F.lit(None).cast(values.schema["_state"].dataType).alias("_state")
    moves = [(F.col("_gone_at"), False), (F.col("_back_at"), True)]
    events = values.withColumn("_here", F.lit(None).cast("boolean"))
    for at, here in moves:
        moved = gone.select(*MEMBER, at.alias("_effective_at"), nothing, F.lit(here).alias("_here"))
        events = events.unionByName(moved.where("_effective_at IS NOT NULL"))
    # Missing again at the very date of a return: leaving wins, false being the least.
    moments = events.groupBy(*time).agg(F.max("_state").alias("_state"), F.min("_here").alias("_here"))
    so_far = Window.partitionBy(*MEMBER).orderBy("_effective_at")
    here_then = F.coalesce(F.last("_here", ignorenulls=True).over(so_far), F.lit(True))
    last_said = F.last("_state", ignorenulls=True).over(so_far)
    return moments.select(*time, F.when(here_then, last_said).alias("_state"))


def _spans(states: DataFrame) -> DataFrame:
    in_time = Window.partitionBy(*MEMBER).orderBy("_effective_at")
    content = F.col("_state._content_hash")
    changed = states.withColumn("_before", F.lag(content).over(in_time)).where(~content.eqNullSafe(F.col("_before")))
    until = F.lead("_effective_at").over(in_time)
    spans = changed.withColumn("effective_to", until).where("_state IS NOT NULL")
    return spans.select(
        *MEMBER,
        F.col("_effective_at").alias("effective_from"),
        "effective_to",
        F.col("effective_to").isNull().alias("is_current"),
        "_state.*",
    )


def _stored(rows: DataFrame, noun: Noun, *extra: str) -> DataFrame:
    """The columns of the silver table, in its order."""
    return rows.select(
        *(column.name for column in noun.columns),
        "source_id",
        *extra,
        "quality_flags",
        "_content_hash",
        *(F.col(f"_said_first.{field}").alias(field) for field in POSITION),
    )
