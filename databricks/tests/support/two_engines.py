"""The tiny world through both: the bundle's tasks, and the published notebooks as the bench has them written anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import hospital_rows as rows
import pyarrow as pa
import pyarrow.parquet as pq
import tiny_world as world
from deliveries import Cells
from line import NOON, Line
from py4j.protocol import Py4JJavaError
from pyarrow.csv import write_csv
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession
from rcm_lakehouse.tasks.gold import build

from local.bench.medallion.baseline import gold, icd, silver
from local.bench.medallion.baseline.extract import write_extract
from local.bench.medallion.baseline.notebooks import run
from local.bench.medallion.baseline.place import Place
from local.bench.medallion.baseline.versioned import PATIENTS

type Row = Mapping[str, Any]


@dataclass(slots=True)
class Engine:
    """What one of the two holds in the end, after so many `runs` that brought patients.

    `failed` is the type of error by step, "" where nothing was raised; `extract` the newest one of the patients.
    """

    spark: SparkSession
    lake: Path
    runs: int
    failed: Mapping[str, str] = field(default_factory=dict)
    extract: Path | None = None
    _rows: dict[str, list[Row]] = field(default_factory=dict)

    def path(self, table: str) -> Path:
        return self.lake / table.replace(".", "/")

    def rows(self, table: str) -> list[Row]:
        """All rows of `<layer>.<name>`, read once; none where there is no such table."""
        if table not in self._rows:
            self._rows[table] = self._read(table) if self.path(table).exists() else []
        return self._rows[table]

    def columns(self, table: str) -> set[str]:
        return {name for row in self.rows(table)[:1] for name in row}

    def commits(self, table: str) -> int:
        return len(list((self.path(table) / "_delta_log").glob("*.json")))

    def newest_extract(self, column: str) -> list[str]:
        """A column of all that bronze has of the patients."""
        assert self.extract
        return [str(cell) for cell in pq.read_table(self.extract)[column].to_pylist()]

    def smallest(self, table: str) -> int:
        """The fewest rows that any version of a table has had since it was first filled."""
        counts = [len(self._read(table, version)) for version in range(self.commits(table))]
        filled = next(place for place, count in enumerate(counts) if count)
        return min(counts[filled:])

    def _read(self, table: str, version: int | None = None) -> list[Row]:
        reader = self.spark.read.format("delta")
        reader = reader if version is None else reader.option("versionAsOf", version)
        return [row.asDict() for row in reader.load(str(self.path(table))).collect()]


def our_people(spark: SparkSession, folder: Path, metadata: Path) -> Engine:
    """Two runs of hospital A's patients as far as silver."""
    line = Line(spark, folder, metadata)
    for delivered in (world.first_day(), world.second_day()):
        line.to_silver(*(one for one in delivered if one.source_id == "hospital_a__patient"))
    return Engine(spark, Path(line.store.lake_root), runs=2)


def our_whole(spark: SparkSession, folder: Path, metadata: Path) -> Engine:
    """Two runs as far as silver, then gold; hospital B's encounters have their columns in another order."""
    line = Line(spark, folder, metadata)
    line.store.columns = {**line.store.columns, "hospital_b__encounter": tuple(world.ENCOUNTERS[0])[::-1]}
    line.to_silver(*world.first_day())
    line.to_silver(*world.second_day())
    build(line.lake, line.arguments([]), line.metadata, date.fromisoformat(world.SECOND), NOON)
    return Engine(spark, Path(line.store.lake_root), runs=2)


def their_people(spark: SparkSession, folder: Path) -> Engine:
    """The notebook of patients on the same rows."""
    place = _place(spark, folder)
    silver.patients(place)
    return _engine(place, _people_change(place))


def their_whole(spark: SparkSession, folder: Path) -> Engine:
    """All notebooks on the same rows, and what makes some fail under ANSI rules."""
    place = _place(spark, folder)
    run(place, "silver")
    gold.dim_patient(place)
    failed = _people_change(place)
    _csv(place, "claims/hospital1_claim_data.csv", world.CLAIMS_AGAIN)
    silver.claims(place)
    icd.icd_codes(place)
    run(place, "gold")
    icd.dim_icd(place)
    spark.conf.set("spark.sql.ansi.enabled", "true")
    failed |= {"a date": _error(lambda: silver.claims(place)), "an NPI": _error(lambda: silver.providers(place))}
    return _engine(place, failed)


def _place(spark: SparkSession, folder: Path) -> Place:
    """The first day's extracts and files, in an empty lake."""
    place = Place(spark, f"{folder}/bronze", f"{folder}/landing", f"{folder}/lake")
    _first_day(place)
    return place


def _engine(place: Place, failed: Mapping[str, str]) -> Engine:
    extract = Path(place.bronze) / "hospital_a" / "patients.parquet"
    return Engine(place.spark, Path(place.lake), runs=4, failed=failed, extract=extract)


def _people_change(place: Place) -> dict[str, str]:
    """What changed; a crash between the two MERGEs of an extract, whose place the next has taken; what fails.

    The error of the step that does, by its name.
    """
    patients = partial(_extract, place, "hospital_a", "patients")
    patients(world.CHANGED)
    silver.patients(place)
    patients(world.CHANGED_IN_CRASH)
    place.run(PATIENTS.close(place, place.view("patients_checked", silver.patients_checked(place))))
    patients(world.KEPT)
    silver.patients(place)
    patients(world.CHANGED_TWICE)
    return {"two versions": _error(lambda: silver.patients(place))}


def _first_day(place: Place) -> None:
    _extract(place, "hospital_a", "patients", world.PEOPLE)
    _extract(place, "hospital_b", "patients", [rows.patient_of_b("KEPT", "2024-01-01")])
    _extract(place, "hospital_a", "encounters", world.ENCOUNTERS)
    reordered = [{"PatientID": row["PatientID"], **row} for row in world.ENCOUNTERS]
    _extract(place, "hospital_b", "encounters", reordered)
    for name, mine in (
        ("transactions", world.BILLS),
        ("providers", world.PROVIDERS),
        ("departments", world.DEPARTMENTS),
    ):
        _extract(place, "hospital_a", name, mine)
        _extract(place, "hospital_b", name, mine, first=0)
    _csv(place, "claims/hospital1_claim_data.csv", world.CLAIMS)
    _csv(place, "claims/clinic3_claim_data.csv", [rows.claim("C9", "2024-06-10", "1", "0", "Paid")])
    _csv(place, "cptcodes/cptcodes.csv", world.CODES)
    _extract(place, "codes", "icd", world.ICD)


def _extract(place: Place, hospital: str, name: str, mine: Sequence[Cells], first: int | None = None) -> None:
    write_extract(Path(place.bronze) / hospital / f"{name}.parquet", _table(mine).slice(0, first))


def _csv(place: Place, path: str, mine: Sequence[Cells]) -> None:
    file = Path(place.landing) / path
    file.parent.mkdir(parents=True, exist_ok=True)
    write_csv(_table(mine), file)


def _table(mine: Sequence[Cells]) -> pa.Table:
    """Rows as columns of text, NULL where a cell is empty."""
    return pa.table({name: pa.array([row[name] or None for row in mine], pa.string()) for name in mine[0]})


def _error(step: Callable[[], None]) -> str:
    """The type of the error that a step raises, "" where it raises none."""
    try:
        step()
    except (PySparkException, Py4JJavaError) as error:
        return type(error).__name__
    return ""
