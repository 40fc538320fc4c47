"""The three deliveries of the bench as files: everything, what changed the day after, and everything once more.

The first two days' truth and what the baseline takes are written beside them. Ours takes what the shipped metadata
says each source sends: patients, providers, departments and CPT codes whole, encounters and transactions as changed
rows, claims by whole months.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow.csv import WriteOptions, write_csv

from local.bench.medallion.baseline.extract import write_extract
from local.bench.medallion.batch import CLAIM_MONTH, Batch, next_batch
from local.bench.medallion.hospital import HOSPITALS, Table, cpt_codes, hospital_tables
from local.world.public_shapes import CPT_SOURCE, cpt_path, landing_path
from local.world.sending.deliveries import LandingFile, Wave

FIRST, CHANGED, EQUAL = date(2024, 11, 30), date(2024, 12, 2), date(2024, 12, 3)
BATCHED = ("patient", "encounter", "transaction", "claim")


@dataclass(frozen=True, slots=True)
class Deliveries:
    """Where the files are. `rows` counts those of the first delivery by noun; waves' paths are below `landing`."""

    landing: Path
    truth: Path
    waves: Mapping[str, Wave]
    rows: Mapping[str, int]


def write_deliveries(folder: Path, scale: float, seed: int) -> Deliveries:
    """Writes all files of a scale below `folder`."""
    landing, truth = folder / "files", folder / "truth"
    files: dict[date, list[LandingFile]] = {FIRST: [], CHANGED: [], EQUAL: []}
    rows = dict.fromkeys(BATCHED, 0)
    for hospital in HOSPITALS:
        tables = hospital_tables(hospital, scale, seed)
        for noun, table in tables.items():
            batch = next_batch(noun, hospital, table, seed) if noun in BATCHED else None
            for day, sent in _sent(noun, table, batch):
                files[day].append(_write(landing, hospital, noun, day, sent))
            if batch:
                rows[noun] += table.num_rows
                truth.mkdir(parents=True, exist_ok=True)
                pq.write_table(batch.truth, truth / f"{hospital}__{noun}.parquet")
                _for_baseline(folder / "baseline", hospital, noun, table, batch)
            else:
                _extract(folder / "baseline", hospital, noun, table)
    codes = cpt_codes(seed)
    for day in (FIRST, EQUAL):
        files[day].append(_write_file(landing, cpt_path(day.isoformat()), CPT_SOURCE, day, codes))
    _csv(folder / "baseline" / "landing" / "cptcodes" / "cptcodes.csv", codes)
    waves = {
        name: Wave(number, day, tuple(files[day]))
        for number, (name, day) in enumerate({"full": FIRST, "change": CHANGED, "equal": EQUAL}.items(), 1)
    }
    return Deliveries(landing, truth, waves, rows)


def _sent(noun: str, table: Table, batch: Batch | None) -> Iterator[tuple[date, Table]]:
    """What the source sends on which day."""
    yield FIRST, table
    if batch is None:
        yield EQUAL, table
        return
    whole = batch.sent_whole
    match noun:
        case "patient":
            yield CHANGED, whole
        case "claim":
            yield CHANGED, whole.filter(pc.starts_with(whole["ClaimDate"], CLAIM_MONTH))
        case _:
            yield CHANGED, batch.rows
    # What the source holds: of encounters and transactions a late row never took a newer one's place in it.
    yield EQUAL, whole if noun in ("patient", "claim") else batch.truth


def _write(landing: Path, hospital: str, noun: str, day: date, table: Table) -> LandingFile:
    return _write_file(landing, landing_path(hospital, noun, day.isoformat()), f"{hospital}__{noun}", day, table)


def _write_file(landing: Path, path: str, source_id: str, day: date, table: Table) -> LandingFile:
    _csv(landing / path, table)
    return LandingFile(path, source_id, day, table.num_rows)


def _csv(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_csv(table, path, WriteOptions(quoting_style="needed"))


def _for_baseline(folder: Path, hospital: str, noun: str, table: Table, batch: Batch) -> None:
    """Its claims are whole files in landing; of the rest its pipeline copies all rows, then the changed ones."""
    if noun == "claim":
        number = HOSPITALS.index(hospital) + 1
        _csv(folder / "landing" / "claims" / f"hospital{number}_claim_data.csv", table)
        _csv(folder / "landing_changed" / "claims" / f"hospital{number}_claim_data.csv", batch.sent_whole)
        return
    _extract(folder, hospital, noun, table)
    _extract(folder, hospital, noun, batch.rows, "bronze_changed")


def _extract(folder: Path, hospital: str, noun: str, table: Table, container: str = "bronze") -> None:
    write_extract(folder / container / hospital / f"{noun}s.parquet", table)
