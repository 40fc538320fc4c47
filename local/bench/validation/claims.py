"""Generated claims: the columns and cardinality of the public ones, with 1.5 % of the records broken in known ways."""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from shared.pipeline.schema.formats import NPI_PREFIX, luhn

BAD_SHARE: Final = 0.015
FIRST_DAY: Final = date(2022, 1, 1)
DAYS: Final = [(FIRST_DAY + timedelta(day)).isoformat() for day in range(3 * 365)]
PAYORS: Final = ("Aetna", "Anthem", "BlueCross", "Cigna", "Humana", "Medicaid", "Medicare", "UnitedHealthcare")
PAYOR_TYPES: Final = ("Commercial", "Government", "Self-pay")
STATUSES: Final = ("Paid", "Pending", "Denied", "Approved")

COLUMNS: Final = (
    "ClaimID", "TransactionID", "PatientID", "EncounterID", "ProviderID", "DeptID", "ServiceDate", "ClaimDate",
    "PayorID", "ClaimAmount", "PaidAmount", "ClaimStatus", "PayorType", "Deductible", "Coinsurance", "Copay",
    "InsertDate", "ModifiedDate", "RenderingNPI",
)  # fmt: skip

_DATE: Final = {"type": "string", "format": "date"}
_AMOUNT: Final = {"type": "number", "minimum": 0, "multipleOf": 0.01}

SCHEMA: Final[dict[str, Any]] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "ClaimID": {"type": "string", "pattern": "^CLAIM[0-9]{9}$"},
        "TransactionID": {"type": "string", "pattern": "^TRANS[0-9]{9}$"},
        "PatientID": {"type": "string", "pattern": "^HOSP[12]-[0-9]{6}$"},
        "EncounterID": {"type": "string", "pattern": "^ENC[0-9]{9}$"},
        "ProviderID": {"type": "string", "pattern": "^PROV[0-9]{4}$"},
        "DeptID": {"type": "string", "pattern": "^DEPT[0-9]{3}$"},
        "ServiceDate": _DATE,
        "ClaimDate": _DATE,
        "PayorID": {"enum": list(PAYORS)},
        "ClaimAmount": {"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000, "multipleOf": 0.01},
        "PaidAmount": _AMOUNT,
        "ClaimStatus": {"enum": list(STATUSES)},
        "PayorType": {"enum": list(PAYOR_TYPES), "minLength": 3, "maxLength": 12},
        "Deductible": _AMOUNT,
        "Coinsurance": _AMOUNT,
        "Copay": _AMOUNT,
        "InsertDate": _DATE,
        "ModifiedDate": _DATE,
        "RenderingNPI": {"type": "string", "format": "npi"},
    },
    "required": [*COLUMNS[:10], "ClaimStatus", "PayorType", "InsertDate"],
    "dependentRequired": {"Copay": ["Coinsurance"]},
    "if": {"properties": {"ClaimStatus": {"const": "Paid"}}, "required": ["ClaimStatus"]},
    "then": {"required": ["PaidAmount"]},
    "anyOf": [{"required": ["Deductible"]}, {"required": ["RenderingNPI"]}],
}

BREAKS: Final = (
    ("ServiceDate", "07/04/2023"),
    ("ClaimDate", "2023-02-30"),
    ("ClaimAmount", "-12.50"),
    ("ClaimStatus", "Lost"),
    ("PatientID", ""),
    ("RenderingNPI", "1234567890"),
    ("Deductible", "n/a"),
    ("ClaimID", "CLM-17"),
    ("PaidAmount", None),
)
"""Column and the cell that breaks it; None: a paid claim without a paid amount."""


def npis(draw: random.Random, count: int) -> list[str]:
    """Valid ones."""
    stems = (f"1{draw.randrange(10**8):08d}" for _ in range(count))
    return [next(npi for digit in "0123456789" if luhn(NPI_PREFIX + (npi := stem + digit))) for stem in stems]


def records(count: int, seed: int = 7) -> Iterator[tuple[list[str], bool]]:
    """The cells of each record, and whether it is broken."""
    draw = random.Random(seed)
    providers, patients = npis(draw, 2_000), max(100, count // 5)
    for number in range(count):
        cells = _record(draw, number, providers, patients)
        broken = draw.random() < BAD_SHARE
        if broken:
            _break(cells, *draw.choice(BREAKS))
        yield cells, broken


def _record(draw: random.Random, number: int, providers: list[str], patients: int) -> list[str]:
    billed = draw.randrange(100, 1_000_000)
    return [
        f"CLAIM{number:09d}", f"TRANS{draw.randrange(10**9):09d}", f"HOSP1-{draw.randrange(patients) % 10**6:06d}",
        f"ENC{draw.randrange(10**9):09d}", f"PROV{draw.randrange(500):04d}", f"DEPT{draw.randrange(20):03d}",
        draw.choice(DAYS), draw.choice(DAYS), draw.choice(PAYORS), _money(billed), _money(draw.randrange(billed)),
        draw.choice(STATUSES), draw.choice(PAYOR_TYPES), _money(draw.randrange(50_000)), _money(draw.randrange(20_000)),
        _money(draw.randrange(10_000)), draw.choice(DAYS), draw.choice(DAYS), draw.choice(providers),
    ]  # fmt: skip


def _money(cents: int) -> str:
    """As a program prints a float: 12.5, not 12.50."""
    return str(cents / 100).removesuffix(".0")


def _break(cells: list[str], column: str, cell: str | None) -> None:
    if cell is None:
        cells[COLUMNS.index("ClaimStatus")] = "Paid"
    cells[COLUMNS.index(column)] = cell or ""


def write_csv(path: Path, count: int, *, seed: int = 7, all_bad: bool = False) -> int:
    """Writes the file; returns how many records are broken. `all_bad` gives every record a status nobody knows."""
    bad = 0
    with path.open("w", newline="") as file:
        file.write(",".join(COLUMNS) + "\n")
        for cells, broken in records(count, seed):
            if all_bad:
                cells[COLUMNS.index("ClaimStatus")] = "Lost"
            bad += broken or all_bad
            file.write(",".join(cells) + "\n")
    return bad


def write_json_lines(path: Path, count: int, *, seed: int = 7) -> int:
    """The same records as JSON: amounts are numbers, empty cells are left out."""
    bad = 0
    with path.open("w") as file:
        for cells, broken in records(count, seed):
            pairs = ((name, cell) for name, cell in zip(COLUMNS, cells, strict=True) if cell)
            members = (f"{json.dumps(name)}:{_json_cell(name, cell)}" for name, cell in pairs)
            file.write("{" + ",".join(members) + "}\n")
            bad += broken
    return bad


def _json_cell(name: str, cell: str) -> str:
    is_number = SCHEMA["properties"][name].get("type") == "number" and cell != "n/a"
    return cell if is_number else json.dumps(cell)
