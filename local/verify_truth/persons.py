"""Who is one person to the lake, against the truth, in Spark SQL: over pairs of patient records."""

from pyspark.sql import SparkSession

from local.verify_truth.pairs import LEAST_PRECISION, LEAST_RECALL, precision, recall
from local.verify_truth.verdict import Difference, Verdict

PAIRS = """
SELECT a.patient AS first, b.patient AS second FROM {members} a JOIN {members} b
ON a.person_id = b.person_id AND a.patient < b.patient
"""
TRUE_MEMBERS = "SELECT concat(hospital, ':', patient_id) AS patient, person_id FROM truth_person"
FOUND_MEMBERS = "SELECT patient_id AS patient, person_id FROM person_member WHERE is_current"


def compare_persons(spark: SparkSession, verdict: Verdict) -> None:
    """Counts pairs into `verdict`: true, found, right; a bound that is not held differs, with the first pairs of it.

    Reads the views `truth_person` and `person_member`.
    """
    for members, side in ((TRUE_MEMBERS, "true"), (FOUND_MEMBERS, "found")):
        spark.sql(PAIRS.format(members=f"({members})")).createOrReplaceTempView(f"{side}_pair")
    counts = {side: spark.table(f"{side}_pair").count() for side in ("true", "found")}
    counts["right"] = spark.sql("SELECT * FROM true_pair JOIN found_pair USING (first, second)").count()
    for side, count in counts.items():
        verdict.add(f"patient_pairs_{side}", count, 0)
    false, missed = (_only_in(spark, side, other) for side, other in (("found", "true"), ("true", "found")))
    precise, complete = precision(verdict) >= LEAST_PRECISION, recall(verdict) >= LEAST_RECALL
    verdict.add(
        "patient_match", 2, (not precise) + (not complete), [*([] if precise else false), *([] if complete else missed)]
    )


def _only_in(spark: SparkSession, side: str, other: str) -> list[Difference]:
    mine, theirs = spark.table(f"{side}_pair"), spark.table(f"{other}_pair")
    rows = mine.join(theirs, ["first", "second"], "left_anti").orderBy("first", "second").limit(5)
    said = {"found": ("two persons", "one"), "true": ("one person", "two")}[side]
    return [
        {"what": "patients", "where": f"{row['first']}, {row['second']}", "truth": said[0], "found": said[1]}
        for row in rows.collect()
    ]
