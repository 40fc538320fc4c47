"""What is granted is what metadata says: nobody else reads what identifies a person, or another hospital's rows."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from rcm_lakehouse.governance.statements import ANALYSTS, STORED, foundations, table_statements
from rcm_lakehouse.metadata import Metadata, read_metadata

MASKED = re.compile(r"CASE WHEN is_account_group_member\('rcm_phi_readers'\) THEN `(\w+)` END AS `\1`")


@pytest.fixture(scope="module")
def metadata() -> Metadata:
    return read_metadata(Path(__file__).parents[3] / "metadata")


def _view(table: str, columns: Iterable[str], metadata: Metadata) -> str:
    return table_statements("rcm", table, "abfss://lake/x", dict.fromkeys(columns, ""), metadata)[-1]


def test_every_column_of_silver_that_identifies_a_person_is_masked(metadata: Metadata) -> None:
    for noun in metadata.nouns.values():
        view = _view(f"silver.{noun.name}", (column.name for column in noun.columns), metadata)
        assert set(MASKED.findall(view)) == {column.name for column in noun.columns if column.phi}


def test_every_column_of_a_log_that_identifies_a_person_is_masked(metadata: Metadata) -> None:
    for source in metadata.sources.values():
        names = source.log_names
        view = _view(f"bronze.{source.source_id}", names.values(), metadata)
        assert set(MASKED.findall(view)) == {names[column] for column in source.phi_columns}


@pytest.mark.parametrize(
    ("table", "columns", "owner"),
    [
        ("gold.ledger_line", ["line_id", "hospital"], "split_part(`hospital`, '__', 1)"),
        ("silver.patient", ["patient_id", "source_id"], "split_part(`source_id`, '__', 1)"),
        ("bronze.hospital_a__patient", ["PatientID"], "'hospital_a'"),
    ],
)
def test_rows_go_to_those_of_the_hospital_whose_they_are(
    metadata: Metadata, table: str, columns: list[str], owner: str
) -> None:
    assert _view(table, columns, metadata).endswith(
        f" WHERE {owner} IS NULL OR {owner} IN ('ama', 'cms', 'health_system', 'nlm', 'nppes') "
        f"OR is_account_group_member('rcm_every_hospital') OR is_account_group_member(concat('rcm_', {owner}))"
    )


@pytest.mark.parametrize(
    "table", ["gold.patient_match", "silver.match_decision", "bronze.health_system__match_decision"]
)
def test_a_row_on_two_patients_is_for_those_who_may_see_the_hospitals_of_both(metadata: Metadata, table: str) -> None:
    columns = ["decision_id", "patient_id_1", "patient_id_2", "source_id"]
    assert _view(table, columns, metadata).partition(" WHERE ")[2] == " AND ".join(
        "(is_account_group_member('rcm_every_hospital') "
        f"OR is_account_group_member(concat('rcm_', split_part(`{patient}`, ':', 1))))"
        for patient in ("patient_id_1", "patient_id_2")
    )


def test_a_table_is_kept_as_it_is_beside_a_view_that_tells_what_its_columns_are(metadata: Metadata) -> None:
    columns = {"date_key": "", "date": "A day's date"}
    made, view = table_statements("rcm", "gold.date", "abfss://lake/x", columns, metadata)
    assert made == "CREATE TABLE IF NOT EXISTS `rcm`.`stored`.`gold_date` USING DELTA LOCATION 'abfss://lake/x'"
    named, _, rows = view.partition(" AS ")
    assert named == "CREATE OR REPLACE VIEW `rcm`.`gold`.`date` (`date_key`, `date` COMMENT 'A day\\'s date')"
    assert rows == "SELECT `date_key`, `date` FROM `rcm`.`stored`.`gold_date`"


def test_analysts_read_gold_alone_and_the_tables_themselves_are_granted_to_nobody() -> None:
    granted = [statement for statement in foundations("rcm") if statement.startswith("GRANT")]
    to_analysts = [statement for statement in granted if ANALYSTS in statement and "SCHEMA" in statement]
    assert to_analysts == [f"GRANT USE SCHEMA, SELECT ON SCHEMA `rcm`.`gold` TO `{ANALYSTS}`"]
    assert not any(STORED in statement for statement in granted)
