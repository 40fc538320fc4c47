"""What is granted is what metadata says: nobody else reads what identifies a person, or another hospital's rows."""

from pathlib import Path

import pytest
from rcm_lakehouse.governance.statements import ANALYSTS, foundations, table_statements
from rcm_lakehouse.metadata import Metadata, read_metadata


@pytest.fixture(scope="module")
def metadata() -> Metadata:
    return read_metadata(Path(__file__).parents[3] / "metadata")


def test_every_column_that_identifies_a_person_is_masked(metadata: Metadata) -> None:
    for noun in metadata.nouns.values():
        columns = [column.name for column in noun.columns]
        made = table_statements("rcm", f"silver.{noun.name}", "abfss://lake/x", columns, metadata)
        masked = {statement.split("`")[7] for statement in made if "SET MASK" in statement}
        assert masked == {column.name for column in noun.columns if column.phi}


def test_rows_that_say_whose_they_are_go_to_those_of_the_hospital(metadata: Metadata) -> None:
    made = table_statements("rcm", "gold.ledger_line", "abfss://lake/x", ["line_id", "hospital"], metadata)
    assert (
        made[-1] == "ALTER TABLE `rcm`.`gold`.`ledger_line` SET ROW FILTER `rcm`.`gold`.`of_hospital` ON (`hospital`)"
    )


def test_a_table_without_owner_or_person_is_only_named(metadata: Metadata) -> None:
    made = table_statements("rcm", "gold.date", "abfss://lake/x", ["date_key", "date"], metadata)
    assert made == ["CREATE TABLE IF NOT EXISTS `rcm`.`gold`.`date` USING DELTA LOCATION 'abfss://lake/x'"]


def test_publishers_of_code_sets_are_told_to_all_who_may_read_and_no_hospital_is(metadata: Metadata) -> None:
    filters = [statement for statement in foundations("rcm", metadata) if "split_part" in statement]
    assert len(filters) == 2
    assert all("IN ('ama', 'cms', 'health_system', 'nlm', 'nppes')" in statement for statement in filters)


def test_analysts_read_gold_and_nothing_before_it(metadata: Metadata) -> None:
    granted = [
        statement for statement in foundations("rcm", metadata) if ANALYSTS in statement and "SCHEMA" in statement
    ]
    assert granted == [f"GRANT USE SCHEMA, SELECT ON SCHEMA `rcm`.`gold` TO `{ANALYSTS}`"]
