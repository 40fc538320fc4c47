"""Bad records to plant: each breaks exactly one rule of the shape, and says which."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.world.demo_people import Row


@dataclass(frozen=True, slots=True)
class PlantedViolation:
    """A bad record's row number (1-based, header not counted), the rule it breaks and the field (empty: the row)."""

    row_number: int
    rule: str
    field: str


@dataclass(frozen=True, slots=True)
class _Fault:
    rule: str
    field: str
    value: str


def _patient_faults(hospital: str) -> tuple[_Fault, ...]:
    first_name = "FirstName" if hospital == "hospital_a" else "F_Name"
    return (_Fault("not", first_name, "null"), _Fault("format", "DOB", "1984-02-30"), _Fault("pattern", "SSN", "12345"))


_FAULTS = {
    "encounter": (
        _Fault("format", "EncounterDate", "31/12/2025"),
        _Fault("enum", "EncounterType", "Walk-in"),
        _Fault("required", "PatientID", ""),
    ),
    "transaction": (
        _Fault("minimum", "Amount", "-250.00"),
        _Fault("type", "PaidAmount", "12,50"),
        _Fault("required", "TransactionID", ""),
    ),
    "claim": (
        _Fault("enum", "ClaimStatus", "Lost"),
        _Fault("minimum", "ClaimAmount", "-80.10"),
        _Fault("format", "ServiceDate", "2025-13-01"),
    ),
}
_RAGGED = frozenset({"transaction", "claim"})


def with_faults(rows: list[Row], hospital: str, noun: str) -> tuple[list[list[str]], tuple[PlantedViolation, ...]]:
    """Return the rows' cells with bad records spread among them, and what was planted.

    A bad record copies a good one under a key of its own. Transactions and claims also get one record that is a cell
    short and one that is a cell long.
    """
    cells = [list(row.values()) for row in rows]
    planted = []
    step = max(1, len(rows) // 8)
    for count, (rule, field, bad) in enumerate(_bad_records(rows, hospital, noun)):
        position = min(len(cells), count * step + 2)
        cells.insert(position, bad)
        planted.append(PlantedViolation(position + 1, rule, field))
    return cells, tuple(planted)


def _bad_records(rows: list[Row], hospital: str, noun: str) -> Iterator[tuple[str, str, list[str]]]:
    key = next(iter(rows[0]))
    faults = _patient_faults(hospital) if noun == "patient" else _FAULTS[noun]
    for number, fault in enumerate(faults):
        yield (
            fault.rule,
            fault.field,
            list((rows[number] | {key: f"BAD{number:06d}", fault.field: fault.value}).values()),
        )
    if noun in _RAGGED:
        yield "ragged_row", "", list((rows[0] | {key: "BAD000008"}).values())[:-1]
        yield "ragged_row", "", [*(rows[0] | {key: "BAD000009"}).values(), "surplus"]
