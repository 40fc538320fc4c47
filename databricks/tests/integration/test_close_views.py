"""The books, the restated view and the variance between them: fixed by the lock, exact to the cent."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from ledger_rows import Row, at, charge, frame, month, own_accounting_period, some_lines
from pyspark.sql import SparkSession
from rcm_lakehouse.close.figures import Cell, Figure, cells, figures, periods_of
from rcm_lakehouse.close.locks import Lock
from rcm_lakehouse.close.posted import posted
from rcm_lakehouse.close.variance import explained, remainder, variance_lines

JANUARY, FEBRUARY = (Lock("hospital_a", f"2024-0{n}", at(date(2024, n + 1, 10)), "Ann") for n in (1, 2))
LOCKS = [JANUARY, FEBRUARY]


def found(spark: SparkSession, rows: Iterable[Row], locks: Sequence[Lock]) -> list[Cell]:
    return cells(posted(frame(spark, rows), locks))


def books(of: Iterable[Cell], period: str, until: str = "2024-12") -> dict[str, Figure]:
    of = list(of)
    mine = figures(of, "hospital_a", periods_of(of, until)["hospital_a"])[period]
    return {figure.name: figure for figure in mine}


def test_a_line_of_a_locked_month_is_posted_to_the_first_month_still_open(spark: SparkSession) -> None:
    on_the_instant = charge("a", "1.00", date(2024, 1, 31), known=JANUARY.locked_at)
    after_one_lock = charge("b", "2.00", date(2024, 1, 31), known=at(date(2024, 2, 11)))
    after_both = charge("c", "4.00", date(2024, 1, 31), known=at(date(2024, 3, 11)))
    rows = posted(frame(spark, on_the_instant + after_one_lock + after_both), LOCKS).collect()
    assert {row["entry_set_id"]: row["accounting_period"] for row in rows} == {
        "a": "2024-01",
        "b": "2024-02",
        "c": "2024-03",
    }


@pytest.mark.parametrize("seed", [1, 2])
def test_every_line_has_the_period_that_one_finds_by_hand(spark: SparkSession, seed: int) -> None:
    rows = some_lines(seed, 150)
    told = {row["line_id"]: row["accounting_period"] for row in posted(frame(spark, rows), LOCKS).collect()}
    assert told == {row.line_id: own_accounting_period(row, LOCKS) for row in rows}


@pytest.mark.parametrize("seed", [3, 4])
def test_what_was_signed_comes_out_again_whatever_is_known_later(spark: SparkSession, seed: int) -> None:
    rows = some_lines(seed, 150)
    for lock in LOCKS:
        earlier = [one for one in LOCKS if one.locked_at <= lock.locked_at]
        then = found(spark, [row for row in rows if row.known_at <= lock.locked_at], earlier)
        now = found(spark, rows, LOCKS)
        signed, again = books(then, lock.period), books(now, lock.period)
        assert {name: one.books for name, one in signed.items()} == {name: one.books for name, one in again.items()}


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_variance_lines_add_up_to_signed_less_restated_with_nothing_left(spark: SparkSession, seed: int) -> None:
    rows = some_lines(seed, 150)
    lines = posted(frame(spark, rows), LOCKS)
    now, reasons = cells(lines), explained(variance_lines(lines, LOCKS))
    for lock in LOCKS:
        told = books(now, lock.period)
        by_hand = {
            account: sum(
                (r.amount for r in rows if r.gl_account == account and _restated(r) == lock.period), Decimal(0)
            )
            for account in ("1200", "4000")
        }
        assert told["4000.movement"].restated == by_hand["4000"]
        assert sum(told[f"1200_{who}.movement"].restated for who in ("insurer", "patient")) == by_hand["1200"]
        assert any(one.variance for one in told.values())
        assert remainder(told.values(), reasons["hospital_a", lock.period]) == 0


def _restated(row: Row) -> str:
    return max(month(row.effective_date), LOCKS[0].period)


def test_each_variance_has_its_cause_and_what_came_late_its_file(spark: SparkSession) -> None:
    cut_off = charge("a", "1.00", date(2024, 2, 2), date(2024, 1, 30))
    late = charge("b", "2.00", date(2024, 1, 31), known=at(date(2024, 2, 11)))
    lines = posted(frame(spark, cut_off + late), LOCKS)
    january = explained(variance_lines(lines, LOCKS))["hospital_a", "2024-01"]
    owed = {(one.cause, one.file_version_id, one.amount) for one in january if one.account_group == "1200_insurer"}
    assert owed == {("cut_off", None, Decimal("-1.00")), ("known_late", "f" * 64, Decimal("-2.00"))}


def test_a_period_without_a_lock_has_no_variance(spark: SparkSession) -> None:
    lines = posted(frame(spark, charge("a", "1.00", date(2024, 2, 2), date(2024, 1, 30))), [])
    assert explained(variance_lines(lines, [])) == {}


def test_balances_are_carried_over_months_in_which_nothing_was_posted(spark: SparkSession) -> None:
    rows = charge("a", "5.00", date(2024, 1, 5), party="PATIENT") + charge(
        "b", "1.00", date(2024, 3, 5), party="PATIENT"
    )
    told = books(found(spark, rows, []), "2024-02", until="2024-03")
    assert told["1200_patient.balance"] == Figure("1200_patient", "balance", Decimal("5.00"), Decimal("5.00"))
