"""Dimensions: every version of each member, members that only facts name, and the member that stands for none."""

from collections.abc import Sequence

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.gold.keys import BEGINNING, UNKNOWN_KEY, inferred_key, version_key
from rcm_lakehouse.metadata import Noun

KEPT_OF_PHI = {"birth_date": ("birth_year", F.year)}
"""What gold keeps of a column that identifies a person. Every other such column stays in silver."""


def member_versions(silver: DataFrame, dimension: str, noun: Noun) -> DataFrame:
    """Versions of a noun's members with `member_id`, `version_key`, `valid_from`, `valid_to` and the noun's columns.

    Spans of one member do not overlap and the first reaches back to BEGINNING. Where two sources describe one code,
    the first of them by name is believed.
    """
    (member,) = noun.key
    sources = Window.partitionBy(member)
    believed = silver.withColumn("_believed", F.min("source_id").over(sources)).where("source_id = _believed")
    first = F.lag("effective_from").over(Window.partitionBy(member).orderBy("effective_from")).isNull()
    return believed.select(
        F.col(member).alias("member_id"),
        version_key(dimension, F.col(member), F.col("effective_from")).alias("version_key"),
        F.when(first, F.lit(BEGINNING).cast("timestamp")).otherwise(F.col("effective_from")).alias("valid_from"),
        F.col("effective_to").alias("valid_to"),
        "is_current",
        F.split_part("source_id", F.lit("__"), F.lit(1)).alias("_origin"),
        *(_attribute(column.name, column.phi) for column in noun.columns if _kept(column.name, column.phi)),
    )


def dimension(versions: DataFrame, named: DataFrame, name: str, id_column: str, of_hospital: bool) -> DataFrame:
    """The dimension table: `versions`, a member for each id in `named` (`member_id`) that has none, and the unknown."""
    described = versions.select("member_id").distinct()
    inferred = named.where("member_id IS NOT NULL").distinct().join(described, "member_id", "left_anti")
    key = f"{name}_key"
    attributes = [c for c in versions.columns if c not in (*_VERSION, id_column)]
    hospital = [F.col("_origin").alias("hospital")] if of_hospital else []
    whole = versions.select(
        F.col("version_key").alias(key),
        F.col("member_id").alias(id_column),
        *hospital,
        *attributes,
        *("valid_from", "valid_to", "is_current"),
        F.lit(False).alias("is_inferred"),
    )
    guessed = inferred.select(
        inferred_key(name, F.col("member_id")).alias(key),
        F.col("member_id").alias(id_column),
        *_always(),
        F.lit(True).alias("is_inferred"),
    )
    if of_hospital:
        guessed = guessed.withColumn("hospital", F.split_part(id_column, F.lit(":"), F.lit(1)))
    unknown = versions.sparkSession.range(1).select(
        F.lit(UNKNOWN_KEY).alias(key), *_always(), F.lit(False).alias("is_inferred")
    )
    return whole.unionByName(guessed, True).unionByName(unknown, True)


def calendar(spark_range: DataFrame, first_year: int, last_year: int) -> DataFrame:
    """One row per day from January of `first_year` to December of `last_year`, and the day that stands for none."""
    first, last = F.lit(f"{first_year}-01-01").cast("date"), F.lit(f"{last_year}-12-31").cast("date")
    days = spark_range.select(F.explode(F.sequence(first, last)).alias("date"))
    rows = days.select(
        date_key(F.col("date")).alias("date_key"),
        "date",
        F.year("date").alias("year"),
        F.quarter("date").alias("quarter"),
        F.month("date").alias("month"),
        F.date_format("date", "yyyy-MM").alias("period"),
        F.last_day("date").alias("month_end"),
        F.dayofweek("date").alias("day_of_week"),
    )
    return rows.unionByName(spark_range.select(F.lit(0).alias("date_key")), True)


def date_key(day: Column) -> Column:
    """yyyymmdd as a number, 0 where there is no day."""
    return F.coalesce(F.date_format(day, "yyyyMMdd").cast("int"), F.lit(0))


def named_members(facts: Sequence[tuple[DataFrame, Column]]) -> DataFrame:
    """`member_id` of all members that facts name."""
    named = [rows.select(member.alias("member_id")) for rows, member in facts]
    whole = named[0]
    for more in named[1:]:
        whole = whole.unionByName(more)
    return whole.where("member_id IS NOT NULL").distinct()


_VERSION = ("member_id", "version_key", "valid_from", "valid_to", "is_current", "_origin")


def _always() -> tuple[Column, ...]:
    return (
        F.lit(BEGINNING).cast("timestamp").alias("valid_from"),
        F.lit(None).cast("timestamp").alias("valid_to"),
        F.lit(True).alias("is_current"),
    )


def _kept(name: str, phi: bool) -> bool:
    return not phi or name in KEPT_OF_PHI


def _attribute(name: str, phi: bool) -> Column:
    if not phi:
        return F.col(name)
    kept, of = KEPT_OF_PHI[name]
    return of(name).alias(kept)
