"""The comparison of a lake with the truth: equal tables pass, a cent or a day off does not."""

import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from local.verify_truth import compare
from local.verify_truth.pairs import precision, recall
from local.verify_truth.verdict import Verdict

JAN, FEB, MARCH, LAST = date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 1), date(2024, 3, 31)
OWNER = "hospital string, account_id string, party string"
DAYS = "posting_date date, effective_date date"

TRUE_CHANGES = [
    ("hospital_a", "A1", "MEDICARE", JAN, JAN, FEB, 10_000),
    ("hospital_a", "A1", "MEDICARE", MARCH, FEB, LAST, -4_000),
]
TRUE_PAYABLES = [("hospital_a", "doctor", "DOC1", JAN, FEB, 500)]
TRUE_ENTRIES = [
    ("hospital_a", "A1", "MEDICARE", "charge", False, 10_000, 0, "4000", JAN, JAN, JAN, FEB, None),
    ("hospital_a", "A1", "MEDICARE", "insurer_payment", False, -4_000, 4_000, "1000", JAN, MARCH, FEB, LAST, None),
]
TRUE_KPIS = [
    (LAST, "hospital_a", "", "", "late_charge_share", "2024-01", "", "ratio", 1, 3, 1, "0.333333"),
    (LAST, "hospital_a", "", "", "revenue_per_visit", "2024-01", "", "cents", 10_000, 3, 1, "3333.333333"),
    (LAST, "hospital_a", "", "", "clean_claim_rate", "2024-01", "", "ratio", 1, 2, 1, "0.500000"),
    (LAST, "hospital_a", "", "", "charity_share", "2024-01", "", "ratio", 0, 0, 1, None),
    (LAST, "hospital_a", "department", "DEPT001", "late_charge_share", "2024-01", "", "ratio", 1, 3, 1, "0.333333"),
]  # fmt: skip
LINES = [
    ("set-1", "hospital_a:A1", "MEDICARE", "1200", "charge", "100.00", JAN, JAN, JAN, FEB),
    ("set-1", "hospital_a:A1", None, "4000", "charge", "-100.00", JAN, JAN, JAN, FEB),
    ("set-2", "hospital_a:A1", "MEDICARE", "1200", "insurer_payment", "-40.00", JAN, MARCH, FEB, LAST),
    ("set-2", "hospital_a:A1", None, "1000", "insurer_payment", "40.00", JAN, MARCH, FEB, LAST),
]
FIGURES = [
    ("late_charge_share", None, None, "0.01", "0.03", "0.333333"),
    ("revenue_per_visit", None, None, "100.00", "3.00", "33.333333"),
    ("clean_claim_rate", None, None, "1.00", "2.00", "0.500000"),
    ("late_charge_share", "department", "hospital_a:DEPT001", "0.01", "0.03", "0.333333"),
]


class Compared:
    """A truth and a lake on disk, and the command that compares them."""

    def __init__(self, spark: SparkSession, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._spark, self._folder, self._monkeypatch = spark, folder, monkeypatch

    def truth(self, name: str, rows: list[tuple[Any, ...]], schema: str) -> None:
        self._spark.createDataFrame(rows, schema).coalesce(1).write.parquet(str(self._folder / f"{name}.parquet"))

    def table(self, name: str, rows: list[tuple[Any, ...]], schema: str) -> None:
        frame = self._spark.createDataFrame(rows, schema).coalesce(1)
        frame.write.format("delta").mode("overwrite").save(str(self._folder / "gold" / name))

    def lines(self, lines: list[tuple[Any, ...]]) -> None:
        cells = [
            (*line[:5], False, Decimal(line[5]), *line[6:9], datetime.combine(line[9], time(6), UTC)) for line in lines
        ]
        self.table(
            "ledger_line", cells,
            "entry_set_id string, account_id string, responsible_party string, gl_account string, kind string, "
            f"is_reversal boolean, amount decimal(18,2), service_date date, {DAYS}, known_at timestamp",
        )  # fmt: skip

    def figures(self, figures: list[tuple[Any, ...]]) -> None:
        cells = [("hospital_a", "2024-01", None, 1, *one[:3], *map(Decimal, one[3:])) for one in figures]
        self.table(
            "kpi", cells,
            "hospital string, period string, bucket string, multiplier int, kpi_id string, dimension string, "
            "member string, numerator decimal(38,2), denominator decimal(38,2), value decimal(38,6)",
        )  # fmt: skip

    def ask(self, what: str, *known: date) -> Verdict:
        days = ["--known", ",".join(map(str, known))] if known else []
        given = ["--truth", str(self._folder), "--lake", str(self._folder), "--last-day", str(LAST), "--subject", what]
        self._monkeypatch.setattr(sys, "argv", ["", what, *given, *days, "--verdict", str(self._folder / "said")])
        compare.main()
        return Verdict.read(self._folder / "said")


@pytest.fixture
def compared(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compared:
    return Compared(spark, tmp_path, monkeypatch)


def test_a_balance_that_is_off_counts_for_as_many_days_as_it_is(compared: Compared) -> None:
    compared.truth("balance_changes", TRUE_CHANGES, f"{OWNER}, {DAYS}, known_at date, cents bigint")
    payee = "hospital string, payee_type string, payee_id string, posting_date date"
    compared.truth("payables", TRUE_PAYABLES, f"{payee}, known_at date, cents bigint")
    paid = [(*TRUE_PAYABLES[0][:4], datetime.combine(FEB, time(6), UTC), Decimal("5.00"))]
    compared.table("payable_entry", paid, f"{payee}, known_at timestamp, amount decimal(18,2)")
    compared.lines(LINES)
    # 61 days to the end, by the books, restated, and of the payable; as known in February and at the end
    assert compared.ask("balances", FEB, LAST) == Verdict({"balances": 6 * 61}, {"balances": 0})
    a_day_late = (*LINES[2][:7], date(2024, 3, 2), *LINES[2][8:])
    compared.lines([*LINES[:2], a_day_late, LINES[3]])
    verdict = compared.ask("balances", FEB, LAST)
    assert verdict.mismatches == {"balances": 1}
    assert [(one["truth"], one["found"]) for one in verdict.shown] == [("6000 cents", "10000 cents")]


def test_a_cent_on_one_line_is_an_entry_that_differs_and_a_set_that_does_not_balance(compared: Compared) -> None:
    compared.truth(
        "entries", TRUE_ENTRIES,
        f"{OWNER}, kind string, is_reversal boolean, ar_cents bigint, cash_cents bigint, counter_account string, "
        f"service_date date, {DAYS}, known_from date, known_until date",
    )  # fmt: skip
    compared.lines(LINES)
    assert compared.ask("entries") == Verdict({"entries": 4}, {"entries": 0})
    compared.lines([(*LINES[0][:5], "100.01", *LINES[0][6:]), *LINES[1:]])
    assert compared.ask("entries").mismatches == {"entries": 2}


def test_pairs_that_are_wrongly_joined_or_missed_count_against_precision_and_recall(compared: Compared) -> None:
    true = [("hospital_a", "P1", "one"), ("hospital_b", "P1", "one"), ("hospital_a", "P2", "two")]
    compared.truth("persons", true, "hospital string, patient_id string, person_id string")
    kept = "patient_id string, person_id string, is_current boolean"
    member = [("hospital_a:P1", "x", True), ("hospital_b:P1", "x", True), ("hospital_a:P2", "x", False)]
    compared.table("person_member", [*member, ("hospital_a:P2", "y", True)], kept)
    right = compared.ask("persons")
    assert right.mismatches["patient_match"] == 0
    assert (precision(right), recall(right)) == (1.0, 1.0)
    compared.table("person_member", [*member, ("hospital_a:P2", "x", True)], kept)
    wrong = compared.ask("persons")
    assert (precision(wrong), recall(wrong)) == (1 / 3, 1.0)
    assert wrong.mismatches["patient_match"] == 1
    assert {one["where"] for one in wrong.shown} == {"hospital_a:P1, hospital_a:P2", "hospital_a:P2, hospital_b:P1"}
    compared.table("person_member", [(patient, patient, True) for patient, *_ in member], kept)
    assert recall(compared.ask("persons")) == 0.0


def test_a_figure_that_is_missing_or_off_differs(compared: Compared) -> None:
    compared.truth(
        "kpis", TRUE_KPIS,
        "known_at date, hospital string, dimension string, member string, kpi_id string, period string, "
        "bucket string, unit string, numerator bigint, denominator bigint, multiplier bigint, value string",
    )  # fmt: skip
    compared.figures(FIGURES)
    assert compared.ask("kpis", LAST) == Verdict({"kpis": 5}, {"kpis": 0})
    off = [(*one[:5], str(Decimal(one[5]) + Decimal("0.000001"))) for one in FIGURES]
    compared.figures(off[1:])
    assert compared.ask("kpis", LAST).mismatches == {"kpis": 4}
