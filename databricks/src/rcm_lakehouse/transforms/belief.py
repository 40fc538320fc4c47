"""What each kind of delivery means for the records it brings: which may be believed, which members are gone.

Everything here is a function of the set of standing deliveries and their own order, so the order in which they were
processed cannot show. `present` has `source_id`, `_key`, `_period` and `_ordinal` of all that a delivery brought of a
member, accepted or not: a member whose record was quarantined or rejected is not gone."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

MEMBER = ["source_id", "_key"]


def presence(records: DataFrame, quarantined: DataFrame) -> DataFrame:
    """What deliveries brought, from mapped records and from quarantined members joined with their deliveries."""
    columns = [*MEMBER, "_period", "_ordinal"]
    placed = quarantined.withColumn("_period", F.coalesce("_delivery_period", "_period"))
    return records.select(*columns).unionByName(placed.select(*columns)).distinct()


def believable(records: DataFrame, present: DataFrame, kind: str) -> DataFrame:
    """The accepted records that may be believed, each with `_said_first`: where the same was first said,

    be it by a delivery that is replaced by now, so that repeating what is known changes nothing.

    period: of each period only what its newest delivery speaks of. The other kinds: everything.
    """
    accepted = records.where(F.size("_reasons") == 0)
    same = Window.partitionBy(*MEMBER, "_effective_at", "_content_hash")
    position = F.struct("_ordinal", "_row_number", "_file_version_id", "_generation")
    accepted = accepted.withColumn("_said_first", F.min(position).over(same))
    if kind != "period":
        return accepted
    newest = Window.partitionBy("source_id", "_period")
    spoken_of = present.withColumn("_newest", F.max("_ordinal").over(newest)).where("_ordinal = _newest")
    known = [*MEMBER, "_placed"]
    placed = F.coalesce("_period", F.lit(""))
    return accepted.withColumn("_placed", placed).join(spoken_of.withColumn("_placed", placed), known, "left_semi")


def preferred(rows: DataFrame, kind: str, *group: str) -> DataFrame:
    """One row of each group.

    delta: the last by the record's own order, so that a late row cannot undo a newer one; append: the first that was
    delivered; full and period: the last delivered.
    """
    columns = [column for column in rows.columns if column not in group]
    return rows.groupBy(*group).agg(_choice(kind, columns).alias("_chosen")).select(*group, "_chosen.*")


def gone_spans(present: DataFrame, stand: DataFrame) -> DataFrame:
    """Of full extracts: `source_id`, `_key`, `_gone_at`, `_back_at` (NULL: still gone) each time a member is missing.

    It is gone from the date of the first extract without it to that of the next with it.
    """
    dates = stand.select("source_id", "_ordinal", F.col("_as_of").cast("timestamp"))
    following = F.lead("_ordinal").over(Window.partitionBy(*MEMBER).orderBy("_ordinal"))
    seen = present.select(*MEMBER, "_ordinal").distinct().withColumn("_next", following)
    missing = seen.withColumn("_missed", F.col("_ordinal") + 1).where("_next IS NULL OR _next > _missed")
    gone = missing.join(F.broadcast(dates.toDF("source_id", "_missed", "_gone_at")), ["source_id", "_missed"])
    back = gone.join(F.broadcast(dates.toDF("source_id", "_next", "_back_at")), ["source_id", "_next"], "left")
    return back.where("_back_at IS NULL OR _back_at > _gone_at").select(*MEMBER, "_gone_at", "_back_at")


def _choice(kind: str, columns: list[str]) -> Column:
    row = F.struct(*columns)
    if kind == "append":
        return F.min_by(row, F.struct("_ordinal", "_row_number"))
    order = (
        ("_ordered_at", "_ordinal", "_row_number") if kind == "delta" else ("_ordinal", "_ordered_at", "_row_number")
    )
    return F.max_by(row, F.struct(*order))
