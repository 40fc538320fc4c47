"""What must hold of change detection, history, bronze and quarantine, asked of both engines in their own tables."""

from collections.abc import Callable
from dataclasses import dataclass

from two_engines import Engine, Row

type Holds = Callable[[Engine], bool]

ROAD = "1 Road"
TRUTH = {
    "EMPTIED": (None, ROAD),
    "TOUCHED": ("555", ROAD),
    "LATE": ("555", "2 New Road"),
    "UNHEARD": ("555", "2 Second Road"),
    "TWICE": ("555", "2 Second Road"),
    "CRASH": ("555", "9 Far Road"),
    "SPOILT": ("555", ROAD),
    "KEPT": ("555", ROAD),
}
"""Phone and address of everybody whom hospital A has in the end."""


@dataclass(frozen=True, slots=True)
class Defect:
    """By its number among the published baseline's: what must hold, as each engine's tables tell it."""

    number: int
    sentence: str
    ours: Holds
    theirs: Holds


@dataclass(frozen=True, slots=True)
class Person:
    """A row of silver's patients of hospital A. `is_served`: gold takes him for current, too."""

    id: str | None
    phone: str | None
    address: str
    is_current: bool
    is_served: bool


def people(engine: Engine) -> list[Person]:
    """All versions of hospital A's patients."""
    ours = engine.rows("silver.patient")
    return [_ours(engine, row) for row in ours if row["source_id"] == "hospital_a__patient"] or [
        _theirs(engine, row) for row in engine.rows("silver.patients") if row["datasource"] != "hos-b"
    ]


def versions(engine: Engine, name: str | None) -> list[Person]:
    return [person for person in people(engine) if person.id == name]


def current(engine: Engine, name: str) -> list[Person]:
    return [person for person in versions(engine, name) if person.is_current]


def tells(engine: Engine, name: str) -> bool:
    """Whether exactly one current version tells what is true."""
    return [(person.phone, person.address) for person in current(engine, name)] == [TRUTH[name]]


def both(number: int, sentence: str, holds: Holds) -> Defect:
    """The same question for both."""
    return Defect(number, sentence, holds, holds)


def _ours(engine: Engine, row: Row) -> Person:
    served = {r["patient_id"] for r in engine.rows("gold.patient") if r["is_current"] and not r["is_inferred"]}
    name = row["patient_id"].partition(":")[2]
    return Person(name, row["phone"], row["address"], row["is_current"], row["patient_id"] in served)


def _theirs(engine: Engine, row: Row) -> Person:
    served = {r["SRC_PatientID"] for r in engine.rows("gold.dim_patient") if r["datasource"] == "hos-a"}
    name = row["SRC_PatientID"]
    return Person(name, row["PhoneNumber"], row["Address"], row["is_current"], name in served)


def _quarantined(engine: Engine) -> list[Row]:
    return [row for row in engine.rows("bronze.quarantine") if row["_source_id"] == "hospital_a__patient"]


def _spans(engine: Engine, name: str) -> list[tuple[str, str]]:
    """From when until when each version of a patient holds, as text; still: `None`."""
    mine = [row for row in engine.rows("silver.patient") if row["patient_id"] == f"hospital_a:{name}"]
    return sorted((str(row["effective_from"])[:10], str(row["effective_to"])[:10]) for row in mine)


DEFECTS = (
    both(1, "A phone that was taken away is gone", lambda e: tells(e, "EMPTIED")),
    both(2, "A row that was touched and not changed makes no version", lambda e: len(versions(e, "TOUCHED")) == 1),
    both(3, "An older state that comes later does not become current", lambda e: tells(e, "LATE")),
    both(4, "Two states of a known person in one extract are taken in", lambda e: not e.failed and tells(e, "TWICE")),
    both(5, "Two states of an unknown person leave one current", lambda e: tells(e, "UNHEARD")),
    both(6, "A crash between two writes loses nobody", lambda e: tells(e, "CRASH")),
    both(7, "A row without a key makes no member", lambda e: not versions(e, None) and not versions(e, "")),
    Defect(
        8,
        "A run is one write of a table",
        lambda e: e.commits("silver.patient") == e.runs,
        lambda e: e.commits("silver.patients") == e.runs,
    ),
    Defect(
        9,
        "A version tells from when until when it held, by the source's own dates",
        lambda e: _spans(e, "LATE") == [("2023-01-01", "2024-06-01"), ("2024-06-01", "None")],
        lambda e: any("effective" in name for name in e.columns("silver.patients")),
    ),
    both(10, "Who is missing from a whole extract is gone", lambda e: not current(e, "GONE")),
    Defect(
        16,
        "Bronze still holds the extract before the newest",
        lambda e: [row["PatientID"] for row in e.rows("bronze.hospital_a__patient")].count("EMPTIED") == 2,
        lambda e: "EMPTIED" in e.newest_extract("PatientID"),
    ),
    Defect(
        18,
        "What is refused has a place and a reason",
        lambda e: all(row["rules"] and row["_row_number"] for row in _quarantined(e)) and len(_quarantined(e)) == 1,
        lambda e: any("reason" in name.lower() or "rule" in name.lower() for name in e.columns("silver.patients")),
    ),
)
