"""The EMR databases: the tables of the public data, and days that change them."""

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

from local.world.emr_database import add_increment, write_emr_database

DAY = date(2026, 2, 3)


def query(path: Path, text: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(text).fetchall()


def test_each_table_holds_the_rows_it_says(tmp_path: Path) -> None:
    path = tmp_path / "emr.db"
    written = write_emr_database(path, "hospital_b", seed=3, patients=30, encounters=60)
    counted = {table: query(path, f"SELECT count(*) FROM {table}")[0][0] for table in written}  # noqa: S608
    assert counted == written
    assert written["patients"] == 30
    assert query(path, "SELECT min(F_Name), min(Updated_Date) FROM patients")


def test_an_increment_shows_in_the_rows_modified_since(tmp_path: Path) -> None:
    path = tmp_path / "emr.db"
    write_emr_database(path, "hospital_a", seed=3, patients=30, encounters=60)
    increment = add_increment(path, "hospital_a", seed=3, day=DAY)
    since = query(path, f"SELECT EncounterID FROM encounters WHERE ModifiedDate >= '{DAY}'")  # noqa: S608
    assert {row[0] for row in since} == set(increment.encounters)
    late = query(path, f"SELECT ModifiedDate FROM encounters WHERE EncounterID = '{increment.late_encounter}'")  # noqa: S608
    assert late == [("2026-02-01",)]
    moved = query(path, f"SELECT PatientID FROM patients WHERE ModifiedDate = '{DAY}' AND IsActive = 1")  # noqa: S608
    assert {row[0] for row in moved} == set(increment.moved_patients)
    assert query(path, "SELECT PatientID FROM patients WHERE IsActive = 0") == [(increment.deactivated_patient,)]


def test_two_increments_never_share_an_encounter_id(tmp_path: Path) -> None:
    path = tmp_path / "emr.db"
    write_emr_database(path, "hospital_a", seed=3, patients=30, encounters=60)
    first = add_increment(path, "hospital_a", seed=3, day=DAY)
    second = add_increment(path, "hospital_a", seed=3, day=date(2026, 2, 4))
    assert not {*first.encounters, first.late_encounter} & {*second.encounters, second.late_encounter}
