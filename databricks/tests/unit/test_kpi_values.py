from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rcm_lakehouse.kpis.definitions import Kpi, days, read_kpi
from rcm_lakehouse.kpis.feeds import Choice, choices
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.sums import Place
from rcm_lakehouse.kpis.values import KpiRow, kpi_rows

AS_OF = date(2024, 11, 6)
NOW = datetime(2024, 11, 7, tzinfo=UTC)
SIDE = {"of": "claim", "period": "as_of", "amount": "billed_amount"}
HERE = Place("hospital_a", "2024-10", None, None)


def _kpi(above: dict[str, Any] | None = None, **more: Any) -> Kpi:
    """`above` is added to the numerator's document, `more` to the definition's."""
    definition = {
        "basis": "ledger",
        "feeds": ["claim"],
        "periods": "month_ends",
        "by_slice": True,
        "numerator": {**SIDE, "where": "is_above", **(above or {})},
        "denominator": SIDE,
    }
    document = {"kpi_id": "k", "version": 1, "unit": "ratio"}
    return read_kpi(document | {"definitions": [definition | more]})


def _rows(kpi: Kpi, above: str, below: str, first: str = "2024-10", place: Place = HERE) -> list[KpiRow]:
    """Rows where every numerator is `above` and every denominator `below`."""
    (definition,) = kpi.definitions
    sums = {bucket.denominator: Decimal(below) for bucket in definition.buckets}
    sums |= {bucket.numerator: Decimal(above) for bucket in definition.buckets}
    sums |= dict.fromkeys(definition.left_out.values(), Decimal(4))
    chosen = [Choice(kpi, "hospital_a", definition)]
    span = Span(AS_OF, [date(2024, 9, 30), date(2024, 10, 31)])
    rows = kpi_rows(chosen, {place: sums}, span, {"hospital_a": first}, NOW)
    return [row for row in rows if row.period == "2024-10"]


def test_a_value_is_rounded_half_up_to_six_places() -> None:
    assert _rows(_kpi(), "1", "3")[0].value == Decimal("0.333333")
    assert _rows(_kpi(), "1", "2000000")[0].value == Decimal("0.000001")


def test_the_multiplier_is_applied_before_the_quotient_is_rounded() -> None:
    (row,) = _rows(_kpi(multiplier=90), "1", "7")
    assert (row.numerator, row.denominator, row.multiplier) == (Decimal(1), Decimal(7), 90)
    assert row.value == Decimal("12.857143")


def test_the_days_of_three_months_are_those_that_end_with_the_month() -> None:
    assert days("days_of_three_months", date(2024, 3, 31)) == 31 + 29 + 31
    assert days("days_of_three_months", date(2023, 1, 31)) == 30 + 31 + 31


def test_nothing_below_the_line_gives_no_value() -> None:
    (row,) = _rows(_kpi(), "5", "0")
    assert (row.value, row.numerator, row.denominator) == (None, Decimal(5), Decimal(0))


def test_rows_left_out_are_counted_by_reason_and_taken_out_of_the_sum() -> None:
    kpi = _kpi({"leave_out": [{"reason": "rejected", "when": "is_rejected"}]})
    assert "NOT coalesce(is_rejected, false)" in kpi.definitions[0].buckets[0].numerator.where
    assert _rows(kpi, "1", "2")[0].left_out == {"rejected": 4}


def test_buckets_are_all_combinations_of_the_splits_and_the_headline_stands_without_a_name() -> None:
    whose = {"of": "both", "parts": [{"name": "all"}, {"name": "patient", "when": "is_patient"}]}
    age = {"of": "numerator", "parts": [{"name": "old", "when": "age > 90"}]}
    kpi = _kpi(splits=[whose, age], headline="all|old")
    assert [row.bucket for row in _rows(kpi, "1", "2")] == [None, "all|old", "patient|old"]
    patient = kpi.definitions[0].buckets[1]
    assert patient.denominator.where.endswith("AND (is_patient)")
    assert patient.numerator.where.endswith("AND (is_patient) AND (age > 90)")


def test_a_month_has_a_figure_though_nothing_happened_but_none_before_the_hospital_began() -> None:
    elsewhere = Place("hospital_a", "2023-01", None, None)
    assert [row.numerator for row in _rows(_kpi(), "1", "2", place=elsewhere)] == [0]
    assert _rows(_kpi(), "1", "2", first="2024-11") == []
    assert _rows(_kpi(months_before=1), "1", "2") == []


def test_a_slice_without_anything_below_the_line_is_not_told() -> None:
    slice_ = Place("hospital_a", "2024-10", "payer", "MEDICARE")
    assert [row.member for row in _rows(_kpi(), "1", "2", place=slice_)] == [None, "MEDICARE"]
    assert [row.member for row in _rows(_kpi(), "1", "0", place=slice_)] == [None]


def _two_ways() -> Kpi:
    better = {"basis": "ledger", "feeds": ["account", "charge", "payer"], "periods": "month_ends", "by_slice": False}
    other = {"basis": "claims", "feeds": ["claim"], "periods": "as_of_date", "by_slice": False}
    sides = {"numerator": SIDE, "denominator": SIDE}
    return read_kpi({"kpi_id": "k", "version": 1, "unit": "ratio", "definitions": [better | sides, other | sides]})


def test_the_first_definition_counts_whose_feeds_the_hospital_has_and_shared_ones_come_from_anywhere() -> None:
    (choice,) = choices([_two_ways()], {"hospital_a": {"account", "charge", "claim"}, "health_system": {"payer"}})
    assert choice.definition
    assert choice.definition.basis == "ledger"
    (choice,) = choices([_two_ways()], {"hospital_a": {"claim"}, "health_system": {"payer"}})
    assert choice.definition
    assert choice.definition.basis == "claims"


def test_nothing_stands_in_where_the_better_feeds_are_only_partly_there() -> None:
    (choice,) = choices([_two_ways()], {"hospital_a": {"charge", "claim"}})
    assert (choice.definition, choice.missing_feeds) == (None, ("account", "payer"))
