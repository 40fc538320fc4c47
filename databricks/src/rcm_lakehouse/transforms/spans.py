"""Spans of time in which what was said of a member stayed the same: the rows of silver."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.transforms.mapping import POSITION

MEMBER = ["source_id", "_key"]

SPAN = {"scd2": ("effective_from", "effective_to"), "latest": ("known_from", "known_until")}
"""By the noun's history, the columns of a span: from, and until (exclusive, NULL: still)."""


def spans(states: DataFrame, noun: Noun, position: str = "_record") -> DataFrame:
    """Rows of silver, in the table's columns; what says the same again makes no new one.

    `states` has `MEMBER`, `_at` and `_record` (NULL from when on the member is not there); `position` is the struct
    that tells where it was delivered.
    """
    since, until = SPAN[noun.history]
    in_time = Window.partitionBy(*MEMBER).orderBy("_at")
    content = F.col("_record._content_hash")
    changed = states.withColumn("_before", F.lag(content).over(in_time)).where(~content.eqNullSafe(F.col("_before")))
    spanned = changed.withColumn("_until", F.lead("_at").over(in_time)).where("_record IS NOT NULL")
    return spanned.select(
        *(F.col(f"_record.{column.name}").alias(column.name) for column in noun.columns),
        "source_id",
        F.col("_at").alias(since),
        F.col("_until").alias(until),
        F.col("_until").isNull().alias("is_current"),
        F.col("_record.quality_flags").alias("quality_flags"),
        F.col("_record._content_hash").alias("_content_hash"),
        *(F.col(f"{position}.{field}").alias(field) for field in POSITION),
    )
