"""What was believed of each member, and from when until when: history by the time at which something was known.

Everything here is a function of the set of deliveries, so the order in which they were processed cannot show. A
*mention* is what a delivery brought of a member, accepted or not: a member whose record was quarantined or rejected is
not gone, and what was believed of it before stays. So does what was believed of all whom a torn delivery does not
mention: one of its records tells no member, and may be about any of them."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.transforms.spans import MEMBER, spans

REPLACING = ("full", "period")
"""Kinds whose newest delivery says which members there are: of the source, or of a period."""


def mentions(records: DataFrame, quarantined: DataFrame, kind: str) -> DataFrame:
    """Everything that deliveries brought, joined with their lives: `_group` it belongs to, `_record` if accepted."""
    group = F.coalesce(F.col("_period"), F.lit("")) if kind == "period" else F.lit("")
    columns = [group.alias("_group"), *map(F.col, (*MEMBER, "_ordinal", "_life_from", "_life_to"))]
    record = F.struct(*(c for c in records.columns if c not in (*MEMBER, "_period", "_reasons")))
    said = records.select(*columns, F.when(F.size("_reasons") == 0, record).alias("_record"))
    if kind not in REPLACING:
        return said.where("_record IS NOT NULL")
    held = quarantined.select(*columns, F.lit(None).cast(said.schema["_record"].dataType).alias("_record"))
    return said.unionByName(held)


def belief_spans(mentioned: DataFrame, reigns: DataFrame, kind: str, noun: Noun) -> DataFrame:
    """Rows of silver: each thing believed of a member, `known_from` until `known_until` (exclusive, NULL: still).

    delta: the last by the record's own order, so that a late row cannot undo a newer one; append: the first that was
    delivered; full and period: what the newest delivery of the source or period has, and no member that it lacks;
    where that one is torn, none that the newest one that is not lacks, and those after it.
    """
    choose = _of_reigning if kind in REPLACING else _of_standing
    return spans(choose(mentioned, reigns, kind), noun)


def _of_standing(mentioned: DataFrame, _: DataFrame, kind: str) -> DataFrame:
    """`_record` at each moment of a member: one of the accepted records that stand then, NULL where none does."""
    told = _at_each_moment(mentioned, F.array("_life_from", "_life_to"))
    return told.groupBy(*MEMBER, "_at").agg(_choice(F.col("_record"), kind).alias("_record"))


def _of_reigning(mentioned: DataFrame, reigns: DataFrame, kind: str) -> DataFrame:
    """The same, of each group the last accepted record of those members that its reigning deliveries mention."""
    ruled = mentioned.join(F.broadcast(reigns), ["source_id", "_group"])
    moments = F.concat(F.array("_life_from", "_life_to"), F.transform("_reigns", lambda reign: reign.since))
    told = _at_each_moment(ruled, moments)
    now = F.filter("_reigns", lambda r: (r.since <= F.col("_at")) & (r.until.isNull() | (F.col("_at") < r.until)))
    is_mentioned = F.bool_or(F.col("_stands") & (F.col("_ordinal") >= F.get(now, F.lit(0)).ordinal))
    of_group = told.groupBy(*MEMBER, "_at", "_group").agg(
        is_mentioned.alias("_is_mentioned"), _choice(F.col("_record"), kind).alias("_record")
    )
    mine = F.when(F.col("_is_mentioned"), F.col("_record"))
    return of_group.groupBy(*MEMBER, "_at").agg(_choice(mine, kind).alias("_record"))


def _at_each_moment(mentioned: DataFrame, moments: Column) -> DataFrame:
    """Each mention at every instant `_at` at which something may change for its member; `_stands` then, or has no

    `_record`. What follows groups by the member too, so that rows move between machines once."""
    of_member = F.flatten(F.collect_list(moments).over(Window.partitionBy(*MEMBER)))
    told = mentioned.withColumn("_moments", F.array_distinct(F.array_compact(of_member)))
    told = told.withColumn("_at", F.explode("_moments")).drop("_moments")
    told = told.withColumn("_stands", F.expr("_life_from <= _at AND (_life_to IS NULL OR _at < _life_to)"))
    return told.withColumn("_record", F.when(F.col("_stands"), F.col("_record")))


def _choice(record: Column, kind: str) -> Column:
    order = {
        "append": ("_ordinal", "_row_number"),
        "delta": ("_ordered_at", "_ordinal", "_row_number"),
    }.get(kind, ("_ordinal", "_ordered_at", "_row_number"))
    rank = F.when(record.isNotNull(), F.struct(*(record[name].alias(name) for name in order)))
    return F.min_by(record, rank) if kind == "append" else F.max_by(record, rank)
