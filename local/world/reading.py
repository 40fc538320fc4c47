"""Reads the truth world's files back as records under silver names: dates as dates, money as cents, payers by code."""

import csv
from collections.abc import Iterator
from datetime import date
from typing import Any

from local.world.sending.deliveries import LandingFile
from local.world.shapes import HOSPITAL_B_PAYER_CODES, SHAPES
from local.world.truth import TruthWorld

type Record = dict[str, Any]

_PAYER_OF_CODE = {local: code for code, local in HOSPITAL_B_PAYER_CODES.items()}


def files_of(world: TruthWorld, noun: str) -> Iterator[tuple[LandingFile, date | None]]:
    """Yield each file of a noun that lands, in order of waves, with the day of its withdrawal, if any."""
    gone = {path: wave.known_on for wave in world.waves for path in wave.withdrawn}
    for wave in world.waves:
        for file in wave.files:
            if file.source_id.endswith(f"__{noun}") and file.outcome == "landed":
                yield file, gone.get(file.path)


def records(world: TruthWorld, file: LandingFile) -> Iterator[Record]:
    """Yield a file's good records; what is empty is None."""
    shape = SHAPES[file.source_id]
    silver = {name: column for column, name in shape.header.items()}
    silver |= {alias: silver[name] for alias, name in shape.aliases.items()}
    kinds = {column.silver: column.kind for column in shape.noun.columns}
    bad = {violation.row_number for violation in file.violations}
    with (world.landing / file.path).open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines, delimiter=shape.delimiter), 1):
            if number not in bad:
                yield {silver[name]: _parsed(silver[name], kinds[silver[name]], cell) for name, cell in row.items()}


def _parsed(name: str, kind: str, cell: str) -> date | int | str | None:
    if not cell:
        return None
    if kind == "money":
        return int(cell.replace(".", ""))
    if kind == "date":
        return date(int(cell[6:]), int(cell[:2]), int(cell[3:5])) if "/" in cell else date.fromisoformat(cell)
    is_party = name.endswith(("payer_code", "_party"))
    return _PAYER_OF_CODE.get(cell, cell) if is_party else cell
