"""Task master on Spark and Delta: persons follow from silver, whatever the order, the crashes and the repeats."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from deliveries import Cells, Delivered
from hospital_rows import claim, patient, patient_of_b
from line import Line
from pyspark.sql import SparkSession
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.master import bring_up, rows
from rcm_lakehouse.master.crosswalks import CROSSWALK_MEMBER
from rcm_lakehouse.master.documents import review, write_persons
from rcm_lakehouse.master.persons import person_id
from rcm_lakehouse.master.providers import PROVIDER_MEMBER
from rcm_lakehouse.master.taken_in import TAKEN_IN

REPOSITORY = Path(__file__).parents[3]
TABLES = (rows.PATIENT_MATCH, rows.PERSON_MEMBER, rows.PERSON, TAKEN_IN)
A1, A2, B1 = "hospital_a:P1", "hospital_a:P2", "hospital_b:P1"


def of_a(*cells: Cells, as_of: str) -> Delivered:
    return Delivered("hospital_a__patient", f"a {as_of}", as_of, cells)


def of_b(*cells: Cells, as_of: str) -> Delivered:
    return Delivered("hospital_b__patient", f"b {as_of}", as_of, cells)


ANN = {"SSN": "401-22-1234", "PhoneNumber": "212-555-0101", "Address": "12 Elm Street, Ashford"}
BOB = {
    "FirstName": "Bob",
    "DOB": "1944-05-06",
    "Gender": "Male",
    "SSN": "402-22-1234",
    "Address": "3 Mill Lane, Dunmore",
}
FIRST = of_a({**patient("P1", "2026-01-01"), **ANN}, {**patient("P2", "2026-01-01"), **BOB}, as_of="2026-01-10")
STRANGER = of_b({**patient_of_b("P1", "2026-01-01"), "F_Name": "Eve", "SSN": "555-22-9999"}, as_of="2026-01-11")
ONE = of_b({**patient_of_b("P1", "2026-02-01"), **ANN, "F_Name": "Anne"}, as_of="2026-02-11")
A_DOC, B_DOC, B_OTHER = ("hospital_a", "PROV1"), ("hospital_b", "PROV9"), ("hospital_b", "PROV2")


def doctor(number: str, npi: str) -> Cells:
    return {
        "ProviderID": number,
        "FirstName": "Ada",
        "LastName": "Hill",
        "Specialization": "",
        "DeptID": "D1",
        "NPI": npi,
    }


PROVIDERS = (
    Delivered("hospital_a__provider", "p", "2026-01-10", [doctor("PROV1", "1234567893")]),
    Delivered(
        "hospital_b__provider", "p", "2026-01-10", [doctor("PROV9", "1234567893"), doctor("PROV2", "1234567890")]
    ),
)
BILLED = [
    claim("C1", "2026-01-05", "5", "1", "Paid"),
    {**claim("C2", "2026-01-05", "5", "1", "Paid"), "PayorID": "Moon"},
]
CLAIMS = Delivered("hospital_a__claim", "c", "2026-01-10", BILLED, period="2026-01")
ALL = (FIRST, STRANGER, ONE, STRANGER.withdrawn())


class DiedError(Exception):
    """As a process does, between two writes."""


@pytest.fixture(scope="module")
def line(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """In turn: a stranger's record; then it was a mistake, and another one of Ann comes; the second run dies once."""
    line = Line(spark, tmp_path_factory.mktemp("persons"), REPOSITORY / "metadata")
    line.to_persons(FIRST, STRANGER)
    assert {patient: who for patient, (who, *_) in members(line.lake).items()} == {
        patient: person_id([patient]) for patient in (A1, A2, B1)
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bring_up, "record", _die)
        with pytest.raises(DiedError):
            line.to_persons(ONE, STRANGER.withdrawn())
    line.to_persons()
    return line


@pytest.fixture(scope="module")
def at_once(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """The same and more, all in one run and the other way round."""
    line = Line(spark, tmp_path_factory.mktemp("at_once"), REPOSITORY / "metadata")
    line.to_persons(*reversed(ALL), *PROVIDERS, CLAIMS)
    return line


def members(lake: Lake) -> dict[str, Any]:
    current = lake.read(rows.PERSON_MEMBER).where("is_current")
    return {row["patient_id"]: (row["person_id"], row["joined_by"], row["joined_with"]) for row in current.collect()}


def test_two_records_of_one_person_are_joined_and_what_was_before_stays(line: Line) -> None:
    assert members(line.lake)[B1] == (person_id([A1]), "ssn_birth_date_and_name", A1)
    assert members(line.lake)[A2] == (person_id([A2]), "alone", None)
    persons = line.lake.read(rows.PERSON).where("patient_count = 2").collect()
    assert [(row["person_id"], row["hospitals"]) for row in persons] == [
        (person_id([A1]), ["hospital_a", "hospital_b"])
    ]
    told = line.lake.read(rows.PERSON_MEMBER).where(f"patient_id = '{B1}'").orderBy("since")
    first, joined = datetime(2026, 1, 11, 6, tzinfo=UTC), datetime(2026, 2, 11, 6, tzinfo=UTC)
    assert [tuple(row.values()) for row in told.select("person_id", "since", "until").toArrow().to_pylist()] == [
        (person_id([B1]), first, joined),
        (person_id([A1]), joined, None),
    ]


def payers(lake: Lake) -> dict[str, str | None]:
    codes = lake.read(CROSSWALK_MEMBER).where("crosswalk = 'payer'").collect()
    return {row["code"]: row["golden_code"] for row in codes}


def test_neither_the_order_of_deliveries_shows_nor_a_crash(line: Line, at_once: Line) -> None:
    assert members(at_once.lake) == members(line.lake)
    for table in (rows.PATIENT_MATCH, rows.PERSON):
        first, second = (sorted(one.lake.read(table).collect()) for one in (at_once, line))
        assert first == second != []
    told = {row["provider_id"]: row for row in at_once.lake.read(PROVIDER_MEMBER).collect()}
    golden = [told[f"{hospital}:{number}"]["golden_provider_id"] for hospital, number in (A_DOC, B_DOC, B_OTHER)]
    assert golden[0] == golden[1] != golden[2]
    assert payers(at_once.lake) == {"Medicare": "MEDICARE", "Moon": None}


def test_rules_that_are_taken_back_after_a_crash_leave_nothing_that_they_made(at_once: Line, tmp_path: Path) -> None:
    shipped, changed = at_once.metadata_folder, tmp_path / "metadata"
    shutil.copytree(shipped, changed)
    crosswalk = changed / "crosswalks" / "payer.json"
    crosswalk.write_text(crosswalk.read_text().replace('"Medicare": "MEDICARE"', '"Medicare": "MEDICAID"'))
    at_once.metadata_folder = changed
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(bring_up, "record", _die)
        with pytest.raises(DiedError):
            at_once.resolve()
    assert payers(at_once.lake)["Medicare"] == "MEDICAID"
    at_once.metadata_folder = shipped
    at_once.resolve()
    assert payers(at_once.lake)["Medicare"] == "MEDICARE"


def test_codes_are_taken_in_also_where_the_change_feed_of_silver_has_a_gap(at_once: Line) -> None:
    claims = f"delta.`{at_once.lake.path('silver.claim')}`"
    at_once.lake.spark.sql(f"ALTER TABLE {claims} UNSET TBLPROPERTIES ('delta.enableChangeDataFeed')").collect()
    more = {**claim("C3", "2026-02-05", "5", "1", "Paid"), "PayorID": "Mars"}
    at_once.to_persons(Delivered("hospital_a__claim", "d", "2026-02-10", [more], period="2026-02"))
    assert payers(at_once.lake) == {"Medicare": "MEDICARE", "Moon": None, "Mars": None}


def test_a_run_without_news_writes_nothing(line: Line) -> None:
    before = line.versions(*TABLES)
    arguments = line.to_persons()
    assert line.versions(*TABLES) == before
    (report,) = Path(arguments.report_uri, "master").glob("part-*")
    assert json.loads(report.read_text())["tables"] == []


def test_a_persons_word_parts_and_is_told(line: Line, tmp_path: Path) -> None:
    said = {"patient_id_1": B1, "patient_id_2": A1, "verdict": "different", "decided_by": "Sue Steward"}
    decision = {"decision_id": "d" * 32, "decided_at": "2026-03-01T10:00:00Z", **said}
    line.to_persons(Delivered("health_system__match_decision", "d", "2026-03-01", [decision]))
    assert members(line.lake)[B1][:2] == (person_id([B1]), "alone")
    (pair,) = line.lake.read(rows.PATIENT_MATCH).collect()
    assert (pair["outcome"], pair["reason"], pair["decided_by"]) == (rows.TWO_PERSONS, rows.DECISION, "Sue Steward")
    assert review(line.lake) == {"waiting": 0, "pairs": []}
    write_persons(line.lake, str(tmp_path))
    (shard,) = tmp_path.glob(f"shard={person_id([A1])[:2]}/part-*.txt")
    members_of_ann = json.loads(shard.read_text())[person_id([A1])]
    assert [(one["patient_id"], "until" in one) for one in members_of_ann] == [(A1, False), (B1, True)]
    assert not [*tmp_path.glob(f"shard={person_id([A2])[:2]}/*")]


def _die(*_: object) -> None:
    raise DiedError


def test_no_value_of_a_patient_reaches_the_tables_and_no_money_is_touched(line: Line) -> None:
    text = str([line.lake.read(table).collect() for table in TABLES])
    for value in ("Ann", "Lee", "401-22-1234", "401221234", "1980", "Elm", "555-0101"):
        assert value not in text
    assert not any(line.lake.exists(f"gold.{name}") for name in ("claim", "transaction", "ledger_line", "receivable"))
