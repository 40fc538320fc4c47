"""The arithmetic of a close, without Spark."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from rcm_lakehouse.close.figures import BALANCE, MOVEMENT, NOUGHT, Cell, figures, periods_of
from rcm_lakehouse.close.general_ledger import CHART, books_of
from rcm_lakehouse.close.kpi_rows import expected_amounts
from rcm_lakehouse.close.months import last_day, month_after, months
from rcm_lakehouse.close.trial_balance import Aged, total
from rcm_lakehouse.close.variance import Explained, remainder

PERIODS = months("2023-11", "2024-04")
AMOUNTS = st.integers(-100_000, 100_000).map(lambda cents: Decimal(cents) / 100)
MONTHS = st.sampled_from(PERIODS)
CELLS = st.builds(
    Cell,
    st.just("hospital_a"),
    st.sampled_from(("1200_insurer", "1200_patient", "4000")),
    MONTHS,
    MONTHS,
    MONTHS,
    AMOUNTS,
    st.just(1),
)


def test_months_follow_each_other_over_the_turn_of_the_year() -> None:
    assert months("2023-11", "2024-02") == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert (month_after("2023-12"), last_day("2024-02")) == ("2024-01", date(2024, 2, 29))


@given(st.lists(CELLS, min_size=1))
def test_a_balance_is_the_sum_of_all_movements_up_to_then_in_both_views(found: list[Cell]) -> None:
    told = figures(found, "hospital_a", PERIODS)
    sofar = dict.fromkeys(("1200_insurer", "1200_patient"), (NOUGHT, NOUGHT))
    for period in PERIODS:
        by_name = {figure.name: figure for figure in told[period]}
        for group in sofar:
            moved = by_name.get(f"{group}.{MOVEMENT}")
            if moved:
                sofar[group] = (sofar[group][0] + moved.books, sofar[group][1] + moved.restated)
                balance = by_name[f"{group}.{BALANCE}"]
                assert (balance.books, balance.restated) == sofar[group]


def test_what_is_dated_before_the_first_month_counts_in_it_and_after_the_last_not_yet() -> None:
    cell = Cell("hospital_a", "4000", "2024-01", "2024-01", "2023-10", Decimal("1.00"), 1)
    later = Cell("hospital_a", "4000", "2024-03", "2024-03", "2024-03", Decimal("4.00"), 1)
    periods = periods_of([cell, later], "2024-02")["hospital_a"]
    assert periods == ["2024-01", "2024-02"]
    january, february = figures([cell, later], "hospital_a", periods).values()
    assert (january[0].books, january[0].restated, february[0].books) == (Decimal("1.00"), Decimal("1.00"), NOUGHT)


def test_a_hospital_whose_books_begin_later_has_no_periods_yet() -> None:
    assert periods_of([Cell("hospital_a", "4000", "2024-03", "2024-03", "2024-03", NOUGHT, 1)], "2024-02") == {}


def test_the_general_ledger_has_revenue_and_deductions_on_their_normal_sides() -> None:
    cells = [
        Cell("hospital_a", group, "2024-01", "2024-01", "2024-01", Decimal(amount), 1)
        for group, amount in (("1200_insurer", "70"), ("1200_patient", "-5"), ("4000", "-100"), ("4100", "30"))
    ]
    books = books_of(figures(cells, "hospital_a", ["2024-01"])["2024-01"])
    told = {account: amount(books) for account, amount in CHART.items()}
    assert {account: int(amount) for account, amount in told.items() if amount} == {
        "1200": 65,
        "4000": 100,
        "4100": 30,
        "4900": 70,
    }


def test_a_variance_that_is_explained_twice_over_is_not_explained() -> None:
    figure = figures(
        [Cell("hospital_a", "4000", "2024-01", "2024-01", "2024-02", Decimal("2.00"), 1)], "hospital_a", PERIODS
    )
    reason = Explained("4000", "cut_off", "charge", None, None, Decimal("2.00"), 1)
    assert remainder(figure["2024-01"], [reason]) == 0
    assert remainder(figure["2024-01"], [reason, reason]) == Decimal("2.00")


def test_aged_receivables_are_told_by_whose_they_are_and_without_what_is_not_billed() -> None:
    parts = [
        Aged("hospital_a", "2024-01", "insurer", "91-120", Decimal(10), Decimal(-1)),
        Aged("hospital_a", "2024-01", "patient", "0-30", Decimal(4), NOUGHT),
        Aged("hospital_a", "2024-01", "patient", "not_billed", Decimal(7), NOUGHT),
    ]
    expected = expected_amounts(parts, {}, [])
    assert expected["aged_ar", "all|over_90", "numerator"] == 10
    assert expected["aged_ar", "patient|0-30", "denominator"] == 4
    assert expected["gross_days_in_ar", "", "numerator"] == 21
    assert total(parts) == 20
