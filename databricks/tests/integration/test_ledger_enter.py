"""The account ledger run by run: late, corrected and withdrawn files, in any order, repeated and interrupted."""

import random
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from deliveries import Cells, Delivered
from ledger_oracle import entered
from line import NOON, Line
from pyspark.sql import SparkSession
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger import enter as enter_module
from rcm_lakehouse.ledger.enter import stated_lines
from rcm_lakehouse.tasks import ledger

REPOSITORY = Path(__file__).parents[3]
CHARGES, PAYMENTS = "hospital_a__charge", "hospital_a__patient_payment"
BOOKS = ("gold.ledger_line", "gold.payable_entry", "gold.ledger_input")
type Balances = Mapping[tuple[str | None, str | None, str], Decimal]


def _charge(number: int, amount: str) -> Cells:
    return {
        "ChargeID": f"C{number}", "AccountID": f"A{number % 3}", "RevenueCode": "0300", "DiagnosisCode": "I10",
        "Quantity": "1", "Amount": amount, "ResponsibleParty": "MEDICARE", "ServiceDate": "2024-02-01",
        "PostingDate": f"2024-02-{number:02d}",
    }  # fmt: skip


def _payment(number: int, amount: str) -> Cells:
    return {
        "PaymentID": f"P{number}", "AccountID": f"A{number % 3}", "PaymentType": "payment", "PaymentMethod": "card",
        "PaymentDate": "2024-02-10", "PostingDate": "2024-02-11", "Amount": amount,
    }  # fmt: skip


def _payable(number: int, kind: str) -> Cells:
    return {
        "PayableID": f"Y{number}", "DocumentID": "D1", "PayeeType": "doctor", "PayeeID": "DOC1", "EntryType": kind,
        "Amount": "50.00", "DocumentDate": "2024-02-01", "DueDate": "2024-03-01", "PostingDate": "2024-02-02",
    }  # fmt: skip


def _deliveries() -> list[Delivered]:
    """Charges: one file comes late, one is not of this hospital; payments of a month, and the month corrected."""
    wrong = Delivered(CHARGES, "wrong", "2024-03-05", [_charge(9, "700.00"), _charge(1, "1.00")])
    return [
        Delivered(CHARGES, "one", "2024-03-01", [_charge(1, "100.00"), _charge(2, "-20.00"), _charge(3, "0.00")]),
        Delivered(CHARGES, "late", "2024-02-20", [_charge(4, "40.00"), _charge(2, "-20.00")], known_at=_at(6)),
        wrong,
        wrong.withdrawn(),
        Delivered(PAYMENTS, "first", "2024-03-01", [_payment(1, "10.00"), _payment(2, "25.00")], period="2024-02"),
        Delivered(PAYMENTS, "right", "2024-03-10", [_payment(1, "12.00"), _payment(3, "5.00")], period="2024-02"),
        Delivered("hospital_a__payable", "one", "2024-03-01", [_payable(1, "invoice"), _payable(2, "payment")]),
    ]


def _at(month: int) -> str:
    return f"2024-{month:02d}-15T06:00:00.000000Z"


def _standing(delivered: Iterable[Delivered], source_id: str, instant: str) -> list[Delivered]:
    known: dict[str, Delivered] = {}
    for one in sorted(delivered, key=lambda one: one.generation):
        if one.source_id == source_id and one.known <= instant:
            known[one.name] = one
    return sorted((one for one in known.values() if one.outcome == "landed"), key=lambda one: str(one.as_of))


def _silver(record: Cells) -> dict[str, Any]:
    """A record as its noun has it, as far as entries go."""
    return {
        "account_id": f"hospital_a:{record['AccountID']}",
        "responsible_party": record.get("ResponsibleParty"),
        "payment_type": record.get("PaymentType"),
        "amount": Decimal(record["Amount"]),
        "service_date": date.fromisoformat(record.get("ServiceDate", "2024-02-01")),
        "payment_date": date.fromisoformat(record.get("PaymentDate", "2024-02-01")),
        "posting_date": date.fromisoformat(record["PostingDate"]),
    }


def _expected(delivered: Iterable[Delivered], instant: str) -> Balances:
    """Balances as known at an instant: the first word on a charge, the newest word on a month of payments."""
    charges: dict[str, Cells] = {}
    for one in _standing(delivered, CHARGES, instant):
        for row in one.rows:
            charges.setdefault(row["ChargeID"], row)
    payments = [row for one in _standing(delivered, PAYMENTS, instant)[-1:] for row in one.rows]
    balances: Counter[tuple[str | None, str | None, str]] = Counter()
    for noun, rows in (("charge", charges.values()), ("patient_payment", payments)):
        for line in (line for row in rows for line in entered(noun, _silver(row))):
            balances[(line.account, line.party, line.gl_account)] += line.amount  # type: ignore[assignment]
    return {name: Decimal(amount) for name, amount in balances.items() if amount}


def _found(line: Line, instant: str) -> Balances:
    rows = line.lake.read("gold.ledger_line").where(f"known_at <= timestamp '{instant}'")
    sums = (
        rows.groupBy("account_id", "responsible_party", "gl_account").agg({"amount": "sum"}).where("`sum(amount)` <> 0")
    )
    return {(row[0], row[1], row[2]): row[3] for row in sums.collect()}


@pytest.fixture(scope="module", params=[1, 2])
def entered_line(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Line:
    """A line that took the deliveries in three runs in a random order (a withdrawal after what it withdraws)."""
    line = Line(spark, tmp_path_factory.mktemp("ledger"), REPOSITORY / "metadata")
    order = _deliveries()
    random.Random(request.param).shuffle(order)
    order.sort(key=lambda one: one.generation > 1)
    for step in (order[:3], order[3:5], order[5:]):
        line.to_ledger(*step)
    return line


ONE_ORDER = pytest.mark.parametrize("entered_line", [1], indirect=True)


def test_in_whatever_order_files_come_each_balance_is_what_was_known_at_each_instant(entered_line: Line) -> None:
    delivered = _deliveries()
    for instant in sorted({one.known for one in delivered}):
        assert _found(entered_line, instant) == _expected(delivered, instant), instant


def test_every_entry_balances_and_every_line_once(entered_line: Line) -> None:
    rows = entered_line.lake.read("gold.ledger_line").collect()
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["entry_set_id"]] += row["amount"]
    assert set(sums.values()) == {Decimal(0)}
    assert len({row["line_id"] for row in rows}) == len(rows)


def test_the_books_are_what_silver_states_and_payables_stand_beside_them(entered_line: Line) -> None:
    stated = stated_lines(entered_line.lake, entered_line.metadata)
    entered_rows = entered_line.lake.read("gold.ledger_line")
    assert stated is not None
    assert stated.exceptAll(entered_rows).count() == entered_rows.exceptAll(stated).count() == 0
    owed = entered_line.lake.read("gold.payable_entry").select("kind", "amount", "payee_id").collect()
    assert {tuple(row) for row in owed} == {
        ("invoice", Decimal("50.00"), "DOC1"), ("payment", Decimal("-50.00"), "DOC1"),
    }  # fmt: skip


def test_a_run_without_news_writes_nothing_and_a_crash_before_the_note_leaves_nothing_to_change(
    entered_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = entered_line.versions(*BOOKS)
    entered_line.to_ledger()
    assert entered_line.versions(*BOOKS) == before
    more = Delivered(CHARGES, "more", "2024-04-01", [_charge(11, "3.00")])
    with monkeypatch.context() as crash:
        crash.setattr(enter_module, "_record", _die)
        with pytest.raises(ConnectionError):
            entered_line.to_ledger(more)
    crashed = entered_line.versions(*BOOKS[:2])
    arguments = entered_line.arguments([])
    ledger.post(entered_line.lake, arguments, entered_line.metadata, NOON)
    assert entered_line.versions(*BOOKS[:2]) == crashed
    assert entered_line.lake.read("gold.ledger_line").where("source_key = 'hospital_a:C11'").count() == 2


@ONE_ORDER
def test_rules_that_are_taken_back_after_a_crash_leave_none_of_their_lines(
    entered_line: Line, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = _found(entered_line, "2100-01-01")
    shipped, changed = entered_line.metadata_folder, tmp_path / "metadata"
    shutil.copytree(shipped, changed)
    rules = changed / "ledger" / "charge.json"
    rules.write_text(rules.read_text().replace("4000", "4001"))
    entered_line.metadata_folder = changed
    with monkeypatch.context() as crash:
        crash.setattr(enter_module, "_record", _die)
        with pytest.raises(ConnectionError):
            entered_line.to_ledger()
    entered_line.metadata_folder = shipped
    assert _found(entered_line, "2100-01-01") != before
    entered_line.to_ledger()
    assert _found(entered_line, "2100-01-01") == before


@ONE_ORDER
def test_books_are_what_silver_states_also_where_its_change_feed_has_a_gap(entered_line: Line) -> None:
    charges = f"delta.`{entered_line.lake.path('silver.charge')}`"
    entered_line.lake.spark.sql(f"ALTER TABLE {charges} UNSET TBLPROPERTIES ('delta.enableChangeDataFeed')").collect()
    entered_line.to_ledger(Delivered(CHARGES, "unfed", "2024-04-02", [_charge(12, "4.00")]))
    assert entered_line.lake.read("gold.ledger_line").where("source_key = 'hospital_a:C12'").count() == 2


def test_a_book_that_was_deleted_is_made_again(entered_line: Line) -> None:
    before = _found(entered_line, "2100-01-01")
    shutil.rmtree(entered_line.lake.path("gold.ledger_line"))
    entered_line.lake = Lake(entered_line.lake.spark, entered_line.store.lake_root)
    entered_line.to_ledger()
    assert _found(entered_line, "2100-01-01") == before


def test_sources_that_feed_no_book_leave_no_table(spark: SparkSession, tmp_path: Path) -> None:
    line = Line(spark, tmp_path, REPOSITORY / "metadata")
    line.to_ledger(Delivered("hospital_a__department", "one", "2024-11-05", [{"DeptID": "D1", "Name": "Emergency"}]))
    assert not any(line.lake.exists(book) for book in BOOKS)


def _die(*_: object, **__: object) -> None:
    raise ConnectionError("the driver is gone")
