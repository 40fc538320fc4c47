"""How the files ended, against what the world planted: landed or a duplicate, and which records went to quarantine."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow.parquet as pq

from local.verify_truth.verdict import Difference, Verdict
from local.world.sending.deliveries import LandingFile, Wave
from shared.model.ingestion import Ingestion

type Fault = tuple[int, str, str]
"""Row number, rule, column."""


def compare_outcomes(waves: Iterable[Wave], ingestions: dict[str, Ingestion], storage: Path) -> Verdict:
    """Every file's end and every quarantined record, after the last wave."""
    waves = tuple(waves)
    withdrawn = {path for wave in waves for path in wave.withdrawn}
    verdict = Verdict()
    for file in (file for wave in waves for file in wave.files):
        ingestion = ingestions[file.path]
        expected = "withdrawn" if file.path in withdrawn else file.outcome
        differences = list(_differences(file, expected, ingestion, storage))
        verdict.add("files", 1, bool(differences), differences)
    return verdict


def _differences(file: LandingFile, expected: str, ingestion: Ingestion, storage: Path) -> Iterator[Difference]:
    outcome = ingestion.outcome
    planted = {(fault.row_number, fault.rule, fault.field) for fault in file.violations}
    quarantined = set(_quarantined(storage / outcome.quarantine)) if outcome.quarantine else set()
    counted = (expected, len({row for row, _, _ in planted})) if expected == "landed" else (expected, 0)
    for what, truth, found in (
        ("file's end and quarantined records", counted, (outcome.status.value, outcome.quarantined_count)),
        ("quarantined records", sorted(planted), sorted(quarantined)),
        ("records of the file", file.records, outcome.records_in if expected == "landed" else file.records),
    ):
        if truth != found:
            yield {"what": what, "where": file.path, "truth": str(truth), "found": str(found)}


def _quarantined(path: Path) -> Iterator[Fault]:
    rows = pq.read_table(path, columns=["_row_number", "_reasons"]).to_pylist()
    for row in rows:
        for reason in row["_reasons"]:
            yield row["_row_number"], reason["rule"], reason["field"].removeprefix("/")
