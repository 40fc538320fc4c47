"""Every version of each member by effective time, from all that standing deliveries say.

Everything here is a function of the set of standing deliveries and their own order, so the order in which they were
processed cannot show. What is known now is told; when it came to be known is not (`beliefs` tells that)."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.transforms.spans import MEMBER, spans


def versions(mentioned: DataFrame, reigns: DataFrame, lives: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """Rows of silver: each version, `effective_from` until `effective_to` (exclusive, NULL: open).

    Of two records of one effective time the later delivered stands (append: of one member the first). A record equal
    to the one before it makes no version. A member that full extracts lack has no version while they do; a torn one,
    of which a record tells no member, lacks nobody.
    """
    standing = mentioned.where("_life_to IS NULL")
    accepted = standing.where("_record IS NOT NULL").select(*MEMBER, "_group", "_record.*")
    same = Window.partitionBy(*MEMBER, "_effective_at", "_content_hash")
    first = F.min(F.struct("_ordinal", "_row_number", "_file_version_id", "_generation")).over(same)
    believed = accepted.withColumn("_said_first", first)
    if kind == "period":
        believed = believed.join(_spoken_of(standing, reigns), [*MEMBER, "_group"], "left_semi")
    told = _told(believed, kind)
    gone = _gone_spans(standing, lives.where("_life_to IS NULL")) if kind == "full" else None
    states = _states(told, gone).withColumnsRenamed({"_effective_at": "_at", "_state": "_record"})
    return spans(states, noun, position="_record._said_first")


def _spoken_of(standing: DataFrame, reigns: DataFrame) -> DataFrame:
    """The members that the reigning deliveries of each group mention."""
    now = F.filter("_reigns", lambda reign: reign.until.isNull())
    reign = reigns.select("source_id", "_group", F.get(now, F.lit(0)).ordinal.alias("_oldest"))
    ruled = standing.join(F.broadcast(reign), ["source_id", "_group"])
    return ruled.where("_ordinal >= _oldest").select(*MEMBER, "_group")


def _told(believed: DataFrame, kind: str) -> DataFrame:
    """One record for each effective time of a member; of append deliveries one for each member."""
    group = MEMBER if kind == "append" else [*MEMBER, "_effective_at"]
    row = F.struct(*(column for column in believed.columns if column not in group))
    if kind == "append":
        chosen = F.min_by(row, F.struct("_ordinal", "_row_number"))
    else:
        chosen = F.max_by(row, F.struct("_ordinal", "_ordered_at", "_row_number"))
    return believed.groupBy(*group).agg(chosen.alias("_chosen")).select(*group, "_chosen.*")


def _gone_spans(standing: DataFrame, lives: DataFrame) -> DataFrame:
    """`source_id`, `_key`, `_gone_at`, `_back_at` (NULL: still gone), each time a member is missing.

    It is gone from the date of the first whole extract without it to that of the next extract with it.
    """
    # Extracts that were withdrawn leave gaps in the ordinals: count anew.
    place = F.row_number().over(Window.partitionBy("source_id").orderBy("_ordinal"))
    placed = lives.select(
        "source_id", "_ordinal", "_is_torn", F.col("_as_of").cast("timestamp").alias("_at"), place.alias("_nth")
    )
    after = Window.partitionBy("source_id").orderBy("_nth").rowsBetween(1, Window.unboundedFollowing)
    placed = placed.withColumn("_missed", F.min(F.when(~F.col("_is_torn"), F.col("_nth"))).over(after))
    seen = standing.select(*MEMBER, "_ordinal").distinct().join(F.broadcast(placed), ["source_id", "_ordinal"])
    following = F.lead("_nth").over(Window.partitionBy(*MEMBER).orderBy("_nth"))
    missing = seen.withColumn("_next", following).where("_next IS NULL OR _next > _missed").drop("_at", "_nth")
    dates = placed.select("source_id", "_nth", "_at")
    gone = missing.join(F.broadcast(dates.toDF("source_id", "_missed", "_gone_at")), ["source_id", "_missed"])
    back = gone.join(F.broadcast(dates.toDF("source_id", "_next", "_back_at")), ["source_id", "_next"], "left")
    return back.where("_back_at IS NULL OR _back_at > _gone_at").select(*MEMBER, "_gone_at", "_back_at")


def _states(told: DataFrame, gone: DataFrame | None) -> DataFrame:
    """What holds of each member from each time at which something changes: `_state`, NULL while it is gone."""
    time = [*MEMBER, "_effective_at"]
    values = told.select(*time, F.struct(*(c for c in told.columns if c not in time)).alias("_state"))
    if gone is None:
        return values
    nothing = F.lit(None).cast(values.schema["_state"].dataType).alias("_state")
    events = values.withColumn("_here", F.lit(None).cast("boolean"))
    for at, here in (("_gone_at", False), ("_back_at", True)):
        moved = gone.select(*MEMBER, F.col(at).alias("_effective_at"), nothing, F.lit(here).alias("_here"))
        events = events.unionByName(moved.where("_effective_at IS NOT NULL"))
    # Missing again at the very date of a return: leaving wins, false being the least.
    moments = events.groupBy(*time).agg(F.max("_state").alias("_state"), F.min("_here").alias("_here"))
    so_far = Window.partitionBy(*MEMBER).orderBy("_effective_at")
    here_then = F.coalesce(F.last("_here", ignorenulls=True).over(so_far), F.lit(True))
    last_said = F.last("_state", ignorenulls=True).over(so_far)
    return moments.select(*time, F.when(here_then, last_said).alias("_state"))
