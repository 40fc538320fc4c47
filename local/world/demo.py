"""The demo world: two hospitals' extracts of two days, one week apart, with the faults that real senders make."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from local.world import catalogue
from local.world.csv_files import write_csv
from local.world.demo_faults import PlantedViolation, with_faults
from local.world.demo_hospital import DemoHospital, draw_hospital
from local.world.demo_people import Row
from local.world.public_shapes import CPT_COLUMNS, CPT_SOURCE, columns, cpt_path, landing_path
from local.world.shapes import HOSPITALS

RENAMED_COLUMN = ("EncounterType", "Encounter_Type")


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One file: where it lands, what it holds, what must become of it.

    `outcome` is `landed`, `duplicate_content` or `refused`; `cause` says why a file is refused, or what is special
    about one that lands. `keys` are the key and, for claims, the month of each good record.
    """

    path: str
    source_id: str | None
    records: int
    violations: tuple[PlantedViolation, ...] = ()
    outcome: str = "landed"
    cause: str = ""
    keys: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What was written. Files stand in the order in which to drop them; the second day's begin at `second_day`.

    `renamed` is refused until its source has the alias `alias` (header seen → column meant); `misdirected` lands and
    is to be withdrawn. `members` says, per source, the keys that silver must hold as current after both were done.
    """

    folder: Path
    as_of: date
    files: tuple[DemoFile, ...]
    second_day: int
    renamed: DemoFile
    alias: tuple[str, str]
    misdirected: DemoFile
    late_key: tuple[str, str]
    members: dict[str, frozenset[str]]


def write_demo_world(
    folder: Path, seed: int, as_of: date = date(2026, 1, 31), patients: int = 250, encounters: int = 520
) -> DemoWorld:
    """Write the demo world under `folder`; the same arguments give the same bytes. Sizes are per hospital."""
    hospital_a, hospital_b = (
        draw_hospital(Random(f"{seed} {name}"), name, as_of, patients, encounters) for name in HOSPITALS
    )
    first = [*_first_day(folder, hospital_a), *_first_day(folder, hospital_b), _cpt_file(folder, hospital_a.first)]
    second = [*_second_day(folder, hospital_a), *_second_day(folder, hospital_b)]
    renamed = _renamed_file(folder, hospital_b)
    misdirected = _misdirected_file(folder, hospital_a, hospital_b)
    files = (
        *first,
        *second,
        *_spoilt_files(folder, hospital_b),
        _redelivered_file(folder, first[1]),
        renamed,
        misdirected,
    )
    return DemoWorld(
        folder=folder,
        as_of=as_of,
        files=files,
        second_day=len(first),
        renamed=renamed,
        alias=(RENAMED_COLUMN[1], RENAMED_COLUMN[0]),
        misdirected=misdirected,
        late_key=("hospital_a__encounter", f"ENC{hospital_a.late_encounter.number:06d}"),
        members=_members((*first, *second, renamed)),
    )


def _first_day(folder: Path, hospital: DemoHospital) -> Iterator[DemoFile]:
    day, as_of = hospital.first, hospital.first.isoformat()
    yield _file(folder, hospital, "patient", as_of, hospital.patients, faulty=True)
    yield _file(folder, hospital, "encounter", as_of, hospital.encounter_rows(None, day), faulty=True)
    yield _file(folder, hospital, "transaction", as_of, hospital.transaction_rows(None, day), faulty=True)
    yield _file(folder, hospital, "provider", as_of, hospital.providers)
    yield _file(folder, hospital, "department", as_of, hospital.departments)
    yield _file(folder, hospital, "claim", as_of, hospital.claim_rows(day), faulty=True)


def _second_day(folder: Path, hospital: DemoHospital) -> Iterator[DemoFile]:
    """The next extracts; hospital B's encounters come separately, with a renamed header."""
    day, as_of = hospital.last, hospital.last.isoformat()
    recent = frozenset({hospital.first.isoformat()[:7], as_of[:7]})
    yield _file(folder, hospital, "patient", as_of, hospital.later_patients)
    yield _file(folder, hospital, "transaction", as_of, hospital.transaction_rows(hospital.first, day))
    yield _file(folder, hospital, "claim", as_of, hospital.claim_rows(day, recent))
    if hospital.name == "hospital_a":
        yield _file(
            folder, hospital, "encounter", as_of, hospital.encounter_rows(hospital.first, day), cause="late_row"
        )
        corrected = _corrected_month(hospital, _months_before(hospital, 3))
        yield _file(folder, hospital, "claim", as_of, corrected, "_corrected", cause="corrected_period")


def _corrected_month(hospital: DemoHospital, month: str) -> list[Row]:
    """Return a month's claims as known a week later, one of them gone, the first denial overturned and paid."""
    rows = hospital.claim_rows(hospital.last, frozenset({month}))[1:]
    overturned = next((row for row in rows if row["ClaimStatus"] == "Denied"), rows[0])
    overturned |= {
        "ClaimStatus": "Paid",
        "PaidAmount": overturned["ClaimAmount"],
        "ModifiedDate": hospital.last.isoformat(),
    }
    return rows


def _months_before(hospital: DemoHospital, months: int) -> str:
    earlier = hospital.last.year * 12 + hospital.last.month - 1 - months
    return f"{earlier // 12:04d}-{earlier % 12 + 1:02d}"


def _renamed_file(folder: Path, hospital: DemoHospital) -> DemoFile:
    rows = hospital.encounter_rows(hospital.first, hospital.last)
    header = tuple(
        RENAMED_COLUMN[1] if name == RENAMED_COLUMN[0] else name for name in columns(hospital.name, "encounter")
    )
    path = landing_path(hospital.name, "encounter", hospital.last.isoformat())
    write_csv(folder / path, header, (list(row.values()) for row in rows))
    return DemoFile(path, "hospital_b__encounter", len(rows), (), "refused", "renamed_header", _keys(rows))


def _misdirected_file(folder: Path, receiver: DemoHospital, sender: DemoHospital) -> DemoFile:
    """Hospital B's claims of a month in hospital A's folder: they replace A's month until they are withdrawn."""
    rows = sender.claim_rows(sender.last, frozenset({_months_before(sender, 2)}))
    return _file(folder, receiver, "claim", receiver.last.isoformat(), rows, "_misdirected", cause="misdirected")


def _redelivered_file(folder: Path, original: DemoFile) -> DemoFile:
    path = original.path.replace(".csv", "_again.csv")
    (folder / path).write_bytes((folder / original.path).read_bytes())
    return DemoFile(path, original.source_id, original.records, (), "duplicate_content", "redelivered")


def _spoilt_files(folder: Path, hospital: DemoHospital) -> Iterator[DemoFile]:
    empty = landing_path(hospital.name, "department", hospital.last.isoformat())
    (folder / empty).write_bytes(b"")
    yield DemoFile(empty, f"{hospital.name}__department", 0, (), "refused", "empty")
    unknown = landing_path("hospital_c", "department", hospital.last.isoformat())
    write_csv(
        folder / unknown, columns(hospital.name, "department"), (list(row.values()) for row in hospital.departments)
    )
    yield DemoFile(unknown, None, len(hospital.departments), (), "refused", "unknown_path")


def _cpt_file(folder: Path, day: date) -> DemoFile:
    rows = [["OFFICE", code, f"CPT {code}", "No Change"] for code in catalogue.PROCEDURES]
    path = cpt_path(day.isoformat())
    write_csv(folder / path, CPT_COLUMNS, rows)
    return DemoFile(path, CPT_SOURCE, len(rows), keys=tuple((code, "") for code in catalogue.PROCEDURES))


def _file(
    folder: Path,
    hospital: DemoHospital,
    noun: str,
    as_of: str,
    rows: list[Row],
    suffix: str = "",
    *,
    faulty: bool = False,
    cause: str = "",
) -> DemoFile:
    cells, violations = with_faults(rows, hospital.name, noun) if faulty else ([list(row.values()) for row in rows], ())
    path = landing_path(hospital.name, noun, as_of, suffix)
    write_csv(folder / path, columns(hospital.name, noun), cells)
    return DemoFile(path, f"{hospital.name}__{noun}", len(cells), violations, "landed", cause, _keys(rows))


def _keys(rows: Iterable[Row]) -> tuple[tuple[str, str], ...]:
    return tuple((next(iter(row.values())), row.get("ClaimDate", "")[:7]) for row in rows)


def _members(landed: Iterable[DemoFile]) -> dict[str, frozenset[str]]:
    """Play the files in order: a full extract replaces all keys, claims replace their months, a delta adds."""
    current: dict[str, dict[str, str]] = {}
    for file in landed:
        held = current.setdefault(file.source_id or "", {})
        noun = (file.source_id or "").rpartition("__")[2]
        months = {month for _, month in file.keys}
        if noun not in {"encounter", "transaction"}:
            gone = [key for key, month in held.items() if month in months]
            for key in gone:
                del held[key]
        held.update(file.keys)
    return {source_id: frozenset(held) for source_id, held in current.items()}
