"""An EMR as an SQL database: SQLite files with the tables whose extracts the public data shows.

One database per hospital: tables `patients`, `encounters`, `transactions`, `providers`, `departments`, columns as in
the files. `patients` also has `IsActive`, which no extract carries: the extract's query leaves inactive patients out.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from local.world import people
from local.world.demo_hospital import DemoHospital, draw_hospital
from local.world.demo_people import Row
from local.world.public_shapes import EMR_NOUNS, columns

_MONEY = frozenset({"Amount", "PaidAmount"})


@dataclass(frozen=True, slots=True)
class EmrIncrement:
    """What one day added, by key. The late encounter's modified date lies two days before the day it appeared."""

    day: date
    encounters: tuple[str, ...]
    late_encounter: str
    moved_patients: tuple[str, ...]
    deactivated_patient: str


def write_emr_database(
    path: Path, hospital: str, seed: int, as_of: date = date(2026, 1, 31), patients: int = 250, encounters: int = 520
) -> dict[str, int]:
    """Write a hospital's EMR as of a day to a new SQLite file; return the rows of each table."""
    drawn = draw_hospital(Random(f"{seed} {hospital}"), hospital, as_of, patients, encounters)
    tables = _tables(drawn)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _connection(path) as connection:
        for noun in EMR_NOUNS:
            connection.execute(_create_table(hospital, noun))
            _insert(connection, hospital, noun, tables[noun])
    return {f"{noun}s": len(tables[noun]) for noun in EMR_NOUNS}


def add_increment(path: Path, hospital: str, seed: int, day: date) -> EmrIncrement:
    """Change the database as one day does: new encounters, one entered late, patients who moved, one deactivated."""
    rng = Random(f"{seed} {hospital} {day}")
    key, modified = columns(hospital, "patient")[0], columns(hospital, "patient")[-1]
    with _connection(path) as connection:
        chosen = [row[0] for row in connection.execute(f"SELECT {key} FROM patients ORDER BY {key}")]  # noqa: S608
        *moved, deactivated = rng.sample(chosen, 4)
        for patient_id in moved:
            change = f"UPDATE patients SET Address = ?, {modified} = ? WHERE {key} = ?"  # noqa: S608
            connection.execute(change, (people.address(rng), day.isoformat(), patient_id))
        change = f"UPDATE patients SET IsActive = 0, {modified} = ? WHERE {key} = ?"  # noqa: S608
        connection.execute(change, (day.isoformat(), deactivated))
        encounters = _added_encounters(connection, rng, day)
    return EmrIncrement(day, encounters[1:], encounters[0], tuple(moved), deactivated)


def _added_encounters(connection: sqlite3.Connection, rng: Random, day: date) -> tuple[str, ...]:
    """Copy six encounters as new ones of the day; the first was modified two days earlier."""
    known = connection.execute("SELECT * FROM encounters ORDER BY EncounterID").fetchall()
    added: list[str] = []
    for number, row in enumerate(rng.sample(known, 6), len(known) + 1):
        encounter_id = f"ENC{number:06d}"
        modified = day if added else day - timedelta(days=2)
        changed = (encounter_id, row[1], modified.isoformat(), *row[3:7], modified.isoformat(), modified.isoformat())
        connection.execute("INSERT INTO encounters VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", changed)
        added.append(encounter_id)
    return tuple(added)


def _tables(hospital: DemoHospital) -> dict[str, list[Row]]:
    return {
        "patient": [row | {"IsActive": "1"} for row in hospital.patients],
        "encounter": [encounter.row(encounter.day) for encounter in hospital.encounters],
        "transaction": hospital.transaction_rows(None, hospital.last),
        "provider": hospital.providers,
        "department": hospital.departments,
    }


def _create_table(hospital: str, noun: str) -> str:
    key, *others = columns(hospital, noun)
    kinds = [f"{name} {'DECIMAL(18, 2)' if name in _MONEY else 'TEXT'}" for name in others]
    kinds += ["IsActive INTEGER NOT NULL DEFAULT 1"] if noun == "patient" else []
    return f"CREATE TABLE {noun}s ({key} TEXT PRIMARY KEY, {', '.join(kinds)})"


def _insert(connection: sqlite3.Connection, hospital: str, noun: str, rows: list[Row]) -> None:
    """Insert rows; an empty cell of a file is a NULL of the database."""
    width = len(columns(hospital, noun)) + (noun == "patient")
    marks = ", ".join("?" * width)
    cells = ([cell or None for cell in row.values()] for row in rows)
    connection.executemany(f"INSERT INTO {noun}s VALUES ({marks})", cells)  # noqa: S608


@contextmanager
def _connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection, connection:
        yield connection
