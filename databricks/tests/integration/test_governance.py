"""The views that people are given, carried out: whose rows and which cells somebody sees by the groups he is in."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rcm_lakehouse.governance.statements import READERS, STORED, table_statements
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import read_metadata

REPOSITORY = Path(__file__).parents[3]
CATALOG = "spark_catalog"
PAIRS = [("hospital_a:P1", "hospital_a:P2"), ("hospital_a:P1", "hospital_b:P1"), ("hospital_b:P1", "hospital_b:P2")]
ROWS = [("hospital_a:P1", "Ann", "hospital_a__patient"), ("hospital_b:P1", "Bo", "hospital_b__patient")]


@pytest.fixture
def patients(spark: SparkSession, tmp_path: Path) -> Iterator[SparkSession]:
    """A session in which `silver.patient` is a view, and who is in which group is yet to be said."""
    schemas = [STORED, *READERS]
    for schema in schemas:
        spark.sql(f"CREATE SCHEMA {schema} LOCATION '{tmp_path}/{schema}'")
    lake = Lake(spark, f"{tmp_path}/lake")
    lake.append("silver.patient", local_rows(spark, ROWS, "patient_id string, first_name string, source_id string"))
    lake.append("gold.patient_match", local_rows(spark, PAIRS, "patient_id_1 string, patient_id_2 string"))
    joined = [("hospital_a", other) for other in ("hospital_a:P2", "hospital_b:P1")]
    lake.append("gold.person_member", local_rows(spark, joined, "hospital string, joined_with string"))
    metadata = read_metadata(REPOSITORY / "metadata")
    _member_of(spark)
    for table in ("silver.patient", "gold.patient_match", "gold.person_member"):
        columns = dict.fromkeys(lake.read(table).columns, "")
        for statement in table_statements(CATALOG, table, lake.path(table), columns, metadata) * 2:
            spark.sql(statement).collect()
    yield spark
    for schema in schemas:
        spark.sql(f"DROP SCHEMA {schema} CASCADE")
    spark.sql("DROP FUNCTION is_account_group_member")


def _member_of(spark: SparkSession, *groups: str) -> None:
    """What Unity Catalog would say of the reader."""
    known = ", ".join(f"'{group}'" for group in ("nobody", *groups))
    spark.sql(f"CREATE OR REPLACE FUNCTION is_account_group_member(one STRING) RETURNS BOOLEAN RETURN one IN ({known})")


@pytest.mark.parametrize(
    ("groups", "seen"),
    [
        ([], []),
        (["rcm_hospital_a"], [("hospital_a:P1", None)]),
        (["rcm_every_hospital"], [("hospital_a:P1", None), ("hospital_b:P1", None)]),
        (["rcm_hospital_b", "rcm_phi_readers"], [("hospital_b:P1", "Bo")]),
    ],
)
def test_somebody_sees_the_rows_of_his_hospitals_and_of_persons_what_he_may(
    patients: SparkSession, groups: list[str], seen: list[tuple[str, str | None]]
) -> None:
    _member_of(patients, *groups)
    rows = patients.table("silver.patient").orderBy("patient_id").select("patient_id", "first_name").collect()
    assert [tuple(row) for row in rows] == seen


@pytest.mark.parametrize(
    ("groups", "pairs", "joined_with"),
    [
        ([], [], []),
        (["rcm_hospital_a"], PAIRS[:1], ["hospital_a:P2"]),
        (["rcm_hospital_b"], PAIRS[2:], []),
        (["rcm_hospital_a", "rcm_hospital_b"], PAIRS, ["hospital_a:P2", "hospital_b:P1"]),
        (["rcm_every_hospital"], PAIRS, ["hospital_a:P2", "hospital_b:P1"]),
    ],
)
def test_a_patient_of_another_hospital_is_named_to_nobody_who_may_not_see_that_hospital(
    patients: SparkSession, groups: list[str], pairs: list[tuple[str, str]], joined_with: list[str]
) -> None:
    _member_of(patients, *groups)
    assert sorted(tuple(row) for row in patients.table("gold.patient_match").collect()) == pairs
    members = patients.table("gold.person_member").select("joined_with").collect()
    assert sorted(row[0] for row in members if row[0]) == joined_with


def test_a_column_says_what_it_is(patients: SparkSession) -> None:
    told = {column.name: column.description for column in patients.catalog.listColumns("silver.patient")}
    assert told["first_name"] == "Given name"
