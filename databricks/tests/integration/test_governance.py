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
ROWS = [("hospital_a:P1", "Ann", "hospital_a__patient"), ("hospital_b:P1", "Bo", "hospital_b__patient")]


@pytest.fixture
def patients(spark: SparkSession, tmp_path: Path) -> Iterator[SparkSession]:
    """A session in which `silver.patient` is a view, and who is in which group is yet to be said."""
    schemas = [STORED, *READERS]
    for schema in schemas:
        spark.sql(f"CREATE SCHEMA {schema} LOCATION '{tmp_path}/{schema}'")
    lake = Lake(spark, f"{tmp_path}/lake")
    lake.append("silver.patient", local_rows(spark, ROWS, "patient_id string, first_name string, source_id string"))
    metadata = read_metadata(REPOSITORY / "metadata")
    columns = dict.fromkeys(lake.read("silver.patient").columns, "")
    _member_of(spark)
    for statement in table_statements(CATALOG, "silver.patient", lake.path("silver.patient"), columns, metadata) * 2:
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


def test_a_column_says_what_it_is(patients: SparkSession) -> None:
    told = {column.name: column.description for column in patients.catalog.listColumns("silver.patient")}
    assert told["first_name"] == "Given name"
