"""What is published of the persons, for readers without Spark: the review queue, and who belongs to whom.

Ids, scores, and names of fields and rules; never a value of a patient.
"""

from typing import Any

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.lake import Lake
from rcm_lakehouse.master.rows import PATIENT_MATCH, PERSON_MEMBER, REVIEW

REVIEW_DOCUMENT, PERSONS_FOLDER = "match_review.json", "persons"

MOST_SHOWN = 1_000
"""Of the pairs that wait, the heaviest are published: what is decided makes room for the next."""

_MEMBER = ("patient_id", "since", "until", "joined_by", "joined_with", "decided_by")
_PAIR = (
    "pair_id", "patient_id_1", "patient_id_2", "reason", "match_weight", "match_probability", "agree", "close",
    "differ",
)  # fmt: skip


def has_persons(lake: Lake) -> bool:
    """Whether there is anything to publish: a lake without patients has no such table."""
    return lake.exists(PERSON_MEMBER)


def review(lake: Lake) -> dict[str, Any]:
    """`waiting`: how many pairs wait for a person; `pairs`: the heaviest, each with the persons of both."""
    waiting = lake.read(PATIENT_MATCH).where(F.col("outcome") == REVIEW).select(*_PAIR)
    persons = lake.read(PERSON_MEMBER).where("is_current").select("patient_id", "person_id")
    heaviest = waiting.orderBy(F.desc_nulls_last("match_weight"), "pair_id").limit(MOST_SHOWN)
    for side in ("1", "2"):
        heaviest = heaviest.join(persons.toDF(f"patient_id_{side}", f"person_id_{side}"), f"patient_id_{side}", "left")
    pairs = heaviest.orderBy(F.desc_nulls_last("match_weight"), "pair_id").toArrow().to_pylist()
    return {"waiting": len(pairs) if len(pairs) < MOST_SHOWN else waiting.count(), "pairs": pairs}


def write_persons(lake: Lake, uri: str) -> None:
    """Under `<uri>/shard=<first two digits of the ids>/` an object of persons by id, each with all members it ever had.

    Persons of one record that was never with others are left out.
    """
    _persons_by_shard(lake.read(PERSON_MEMBER)).coalesce(1).write.mode("overwrite").partitionBy("shard").text(uri)


def _persons_by_shard(members: DataFrame) -> DataFrame:
    """`shard` and `value`, one line of JSON for each."""
    moved = members.where("until IS NOT NULL").select("patient_id").distinct()
    joined = members.where("joined_with IS NOT NULL").select("person_id").distinct()
    shown = joined.union(members.join(moved, "patient_id", "left_semi").select("person_id")).distinct()
    told = members.join(shown, "person_id", "left_semi").groupBy("person_id")
    persons = told.agg(F.array_sort(F.collect_list(F.struct(*_MEMBER))).alias("members"))
    by_shard = persons.groupBy(F.left("person_id", F.lit(2)).alias("shard"))
    whole = by_shard.agg(F.map_from_entries(F.collect_list(F.struct("person_id", "members"))).alias("persons"))
    return whole.select("shard", F.to_json("persons").alias("value"))
