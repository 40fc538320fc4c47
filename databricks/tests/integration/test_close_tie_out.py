"""A tie-out from files to figures: it holds on an undisturbed line; a cent changed anywhere is caught and located."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deliveries import Cells, Delivered
from ledger_rows import at
from line import Line
from pyspark.sql import SparkSession
from rcm_lakehouse.close.close_books import LEDGER, close_books, read_documents
from rcm_lakehouse.close.records import compared, kept
from rcm_lakehouse.deliveries import DELIVERIES, recorded
from rcm_lakehouse.kpis.table import KPI_SCHEMA, KPI_TABLE
from rcm_lakehouse.ledger.enter import enter
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.tables import lake_tables

REPOSITORY = Path(__file__).parents[3]
AS_OF = date(2024, 3, 31)
PAYMENTS = "hospital_a__patient_payment"


def account(number: str) -> Cells:
    return {
        "AccountID": number, "EncounterID": "E1", "PatientID": "P1", "ProviderID": "PROV1", "DepartmentID": "DEPT001",
        "PatientClass": "outpatient", "ServiceLine": "imaging", "PrimaryPayerCode": "MEDICARE", "PlanCode": "",
        "SecondaryPayerCode": "", "AdmitDate": "2024-01-02", "DischargeDate": "2024-01-02",
        "FinalBillDate": "2024-01-05", "ModifiedDate": "2024-01-05",
    }  # fmt: skip


def charged(number: str, amount: str, posted: str) -> Cells:
    return {
        "ChargeID": number, "AccountID": "A1", "RevenueCode": "0300", "ProcedureCode": "", "DiagnosisCode": "I10",
        "Quantity": "1", "Amount": amount, "ResponsibleParty": "MEDICARE", "ServiceDate": posted,
        "PostingDate": posted, "CorrectsChargeID": "",
    }  # fmt: skip


def paid(number: str, amount: str, posted: str) -> Cells:
    return {
        "PaymentID": number, "AccountID": "A1", "PaymentType": "payment", "PaymentMethod": "card",
        "PaymentDate": posted, "PostingDate": posted, "Amount": amount,
    }  # fmt: skip


def booked(period: str, amounts: Iterable[tuple[str, str]]) -> list[Cells]:
    return [{"Period": period, "GLAccount": account, "Amount": amount} for account, amount in amounts]


CHARGED = {"C1": ("100.00", date(2024, 1, 10)), "C2": ("50.00", date(2024, 2, 10)), "C3": ("7.00", date(2024, 2, 11))}
CHARGES = [charged(name, amount, day.isoformat()) for name, (amount, day) in CHARGED.items()]
BOOKS = {"2024-01": {"1200": "100.00", "4000": "100.00"}, "2024-02": {"1200": "157.00", "4000": "57.00"}}
SIGNED = {
    "hospital": "hospital_a",
    "period": "2024-01",
    "locked_at": "2024-03-05T10:00:00.000000Z",
    "signed_by": "Ann Controller",
}
DELIVERED = (
    Delivered("hospital_a__account", "one", "2024-03-01", [account("A1")]),
    Delivered("hospital_a__charge", "one", "2024-03-01", CHARGES[:2]),
    Delivered("hospital_a__charge", "two", "2024-03-02", [CHARGES[0], CHARGES[2]]),
    *(
        Delivered("hospital_a__gl_balance", period, "2024-03-01", booked(period, amounts.items()), period=period)
        for period, amounts in BOOKS.items()
    ),
)


@pytest.fixture(scope="module")
def line(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """Files in silver, the ledger that they make, and a KPI of it."""
    made = Line(spark, tmp_path_factory.mktemp("tie_out"), REPOSITORY / "metadata")
    made.to_silver(*DELIVERED)
    enter(made.lake, made.metadata)
    days = (("2024-01", date(2024, 1, 31), "100.00"), ("2024-02", date(2024, 2, 29), "157.00"))
    rows: list[tuple[object, ...]] = [
        ("gross_days_in_ar", 1, "ledger", "hospital_a", period, None, None, None, day, at(AS_OF), Decimal(amount) * 90,
         Decimal(amount), Decimal(1), 90, [], "days", None)
        for period, day, amount in days
    ]  # fmt: skip
    made.lake.append(KPI_TABLE, local_rows(spark, rows, KPI_SCHEMA))
    return made


@dataclass(frozen=True, slots=True)
class Closed:
    """The periods as published, by month, and whether closing once more changed nothing."""

    periods: dict[str, dict[str, Any]]
    is_unchanged: bool


def close(line: Line) -> dict[str, dict[str, Any]]:
    """The periods as published, by month."""
    _, manifest = line.store.manifest(())
    told = json.loads(Path(manifest).read_text(encoding="utf-8"))
    Path(manifest).write_text(json.dumps({**told, "closed_periods": [SIGNED]}), encoding="utf-8")
    close_books(line.lake, line.metadata, manifest, AS_OF)
    return {one["period"]: one for one in read_documents(line.lake)}


def failing(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one["check"], one["of"], one["difference"]) for one in document["tie_out"] if not one["holds"]]


@pytest.fixture(scope="module")
def undisturbed(line: Line) -> Closed:
    """After a close and one more."""
    close(line)
    version = line.lake.version("gold.period_close")
    return Closed(close(line), version == line.lake.version("gold.period_close"))


def test_an_undisturbed_line_ties_out_at_every_stage(undisturbed: Closed) -> None:
    told = undisturbed.periods
    assert [(failing(told[period]), told[period]["ties_out"]) for period in BOOKS] == [([], True), ([], True)]
    checks = ("records", "amounts", "entries", "debits", "balanced", "trial_balance", "kpi", "general_ledger")
    assert {one["check"] for one in told["2024-02"]["tie_out"]} >= {*checks}


def test_a_month_of_which_the_general_ledger_says_nothing_does_not_tie_out(undisturbed: Closed) -> None:
    assert {check for check, _, _ in failing(undisturbed.periods["2024-03"])} == {"general_ledger"}


def test_a_signed_month_has_its_lock_and_gives_what_was_signed(undisturbed: Closed) -> None:
    january, february = (undisturbed.periods[period] for period in BOOKS)
    assert (january["locked_at"], january["signed_by"]) == (SIGNED["locked_at"], SIGNED["signed_by"])
    assert (january["variance"], january["remainder"]) == ([], "0.00")
    signed = [one["found"] for one in january["tie_out"] if (one["check"], one["of"]) == ("signed", "4000.movement")]
    assert signed == ["-100.00"]
    assert "locked_at" not in february


def test_a_close_of_the_same_makes_no_new_version(undisturbed: Closed) -> None:
    assert undisturbed.is_unchanged


def test_every_table_of_the_close_is_known_to_those_who_look_after_tables(line: Line, undisturbed: Closed) -> None:
    assert undisturbed.periods
    logs = Path(line.store.lake_root).glob("*/*/_delta_log")
    assert {f"{log.parents[1].name}.{log.parent.name}" for log in logs} <= {*lake_tables(line.metadata)}


ONE_CENT = {
    "silver.charge": "SET amount = 7.02 WHERE charge_id = 'hospital_a:C3'",
    "bronze.hospital_a__charge": "SET Amount = '50.05' WHERE ChargeID = 'C2'",
    LEDGER: "SET amount = 50.01 WHERE gl_account = '1200' AND source_key = 'hospital_a:C2'",
    KPI_TABLE: "SET numerator = numerator + 0.02 WHERE period = '2024-02'",
    "silver.gl_balance": "SET amount = 57.02 WHERE gl_account LIKE '%4000' AND period = '2024-02'",
}
PLACES = {
    ("records", "silver_changed", "hospital_a__charge", DELIVERED[2].file_version_id, 2),
    ("records", "log_changed", "hospital_a__charge", DELIVERED[1].file_version_id, 2),
    ("entries", "line_changed", "hospital_a__charge", DELIVERED[1].file_version_id, 2),
    ("entries", "line_changed", "hospital_a__charge", DELIVERED[2].file_version_id, 2),  # by the silver it is made of
    ("records", "silver_changed", "hospital_a__gl_balance", DELIVERED[4].file_version_id, 2),
}
DIFFERENCES = {
    ("amounts", "charge", "-0.03"),  # five cents more in the log, two in silver
    ("debits", "charge", "-0.01"),  # two in silver, one in the ledger
    ("balanced", "all accounts", "0.01"),
    ("kpi", "gross_days_in_ar.numerator", "0.01"),  # two in the KPI
    ("general_ledger", "4000", "-0.02"),
    ("general_ledger", "1200", "0.01"),
}


@pytest.fixture(scope="module")
def broken(line: Line, undisturbed: Closed) -> dict[str, dict[str, Any]]:
    """The periods as closed after every change."""
    for table, change in ONE_CENT.items():
        line.lake.spark.sql(f"UPDATE delta.`{line.lake.path(table)}` {change}").collect()
    return close(line)


def test_cents_changed_at_each_stage_are_caught(broken: dict[str, dict[str, Any]]) -> None:
    assert (broken["2024-01"]["ties_out"], broken["2024-02"]["ties_out"]) == (True, False)
    assert set(failing(broken["2024-02"])) >= DIFFERENCES


def test_and_located_by_file_version_and_row(broken: dict[str, dict[str, Any]]) -> None:
    parts = ("stage", "code", "source_id", "file_version_id", "row_number")
    assert {tuple(one[part] for part in parts) for one in broken["2024-02"]["breaks"]} == PLACES


PAID = [paid("P1", "10.00", "2024-01-09"), paid("P2", "2.00", "2024-01-09"), paid("P2", "2.00", "2024-01-09")]
JANUARY = Delivered(PAYMENTS, "jan", "2024-02-01", PAID, period="2024-01")


@pytest.mark.parametrize(
    "further",
    [
        [],
        [replace(JANUARY, name="again", rows=[paid("P1", "9.00", "2024-01-09")])],
        [replace(JANUARY, name="again", rows=[paid("P2", "1.00", "2024-01-09")], bad=frozenset({1}))],
        [JANUARY.withdrawn()],
    ],
    ids=["once", "corrected", "corrected by a record that was quarantined", "withdrawn"],
)  # fmt: skip
def test_records_agree_with_their_files_whatever_was_delivered(
    spark: SparkSession, tmp_path: Path, further: list[Delivered]
) -> None:
    line = Line(spark, tmp_path, REPOSITORY / "metadata")
    line.to_silver(JANUARY)
    if further:
        line.to_silver(*further)
    (members,) = compared(line.lake, line.metadata, recorded(line.lake.read(DELIVERIES)))
    assert members.where("code IS NOT NULL").collect() == []
    for one in kept([members]):
        assert (one.told, one.told_amount, one.breaks) == (one.kept, one.kept_amount, 0)


def test_silver_that_holds_what_a_withdrawn_file_said_is_caught(spark: SparkSession, tmp_path: Path) -> None:
    line = Line(spark, tmp_path, REPOSITORY / "metadata")
    line.to_silver(JANUARY)
    held = line.lake.version("silver.patient_payment")
    line.to_silver(JANUARY.withdrawn())
    spark.sql(f"RESTORE delta.`{line.lake.path('silver.patient_payment')}` TO VERSION AS OF {held}").collect()
    (members,) = compared(line.lake, line.metadata, recorded(line.lake.read(DELIVERIES)))
    assert {(one.code, one.kept_amount) for one in members.collect()} == {
        ("not_in_log", Decimal("10.00")), ("not_in_log", Decimal("2.00")),
    }  # fmt: skip
