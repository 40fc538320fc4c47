"""Which version of a member a fact is bound to."""

from datetime import UTC, date, datetime
from pathlib import Path

from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from rcm_lakehouse.gold.build import described_members
from rcm_lakehouse.gold.facts import bound
from rcm_lakehouse.gold.keys import BEGINNING
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows

MEMBERS = (
    "patient_id string, patient_key string, valid_from timestamp, valid_to timestamp, is_current boolean, "
    "is_inferred boolean"
)


def test_a_fact_of_a_day_on_which_its_member_was_gone_is_bound_to_who_they_were_last(
    spark: SparkSession, tmp_path: Path
) -> None:
    beginning, gone, back, gone_again = (
        datetime.fromisoformat(day).replace(tzinfo=UTC) for day in (BEGINNING, "2024-03-10", "2024-04-10", "2024-05-10")
    )
    rows = [
        ("hospital_a:P1", "first", beginning, gone, False, False),
        ("hospital_a:P1", "second", back, gone_again, False, False),
    ]
    lake = Lake(spark, str(tmp_path))
    lake.append("gold.patient", local_rows(spark, rows, MEMBERS))
    bound_to = {3: "first", 4: "first", 5: "second", 6: "second"}
    facts = local_rows(spark, [(date(2024, month, 1),) for month in bound_to], "day date")
    versions = {"patient": described_members(lake, "patient")}
    told = bound(facts, F.col("day"), {"patient": F.lit("hospital_a:P1")}, versions).collect()
    assert {row["day"].month: row["patient_key"] for row in told} == bound_to
