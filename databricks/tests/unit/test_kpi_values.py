from datetime import date
from decimal import Decimal

from rcm_lakehouse.kpis.definitions import Buckets, Kpi, Measure
from rcm_lakehouse.kpis.measure import Sum
from rcm_lakehouse.kpis.values import KpiRow, kpi_rows

AS_OF = date(2024, 11, 6)


def _kpi(buckets: Buckets | None = None, divide_by: int = 1) -> Kpi:
    above = Measure("claim", "as_of", "true", "1", {"rejected": "x"}, 1)
    below = Measure("claim", "as_of", "true", "1", {"undated": "y"}, divide_by)
    return Kpi("k", 1, "ratio", ("claim",), above, below, buckets, "id")


def _sum(side: str, amount: str, bucket: str | None = None, reason: str | None = None, rows: int = 1) -> Sum:
    return Sum("k", side, "hospital_a", "2024-11", bucket, reason, Decimal(amount), rows)


def _one(kpi: Kpi, *sums: Sum) -> KpiRow:
    (row,) = kpi_rows([kpi], sums, AS_OF)
    return row


def test_a_value_is_rounded_half_up_to_six_places() -> None:
    assert _one(_kpi(), _sum("numerator", "1"), _sum("denominator", "3")).value == Decimal("0.333333")
    assert _one(_kpi(), _sum("numerator", "1"), _sum("denominator", "2000000")).value == Decimal("0.000001")


def test_nothing_below_the_line_gives_no_value() -> None:
    row = _one(_kpi(), _sum("numerator", "5"))
    assert (row.value, row.numerator, row.denominator) == (None, Decimal(5), Decimal(0))


def test_rows_left_out_are_counted_by_reason_and_their_amount_is_not() -> None:
    left = _sum("numerator", "900", reason="rejected", rows=4)
    row = _one(_kpi(), _sum("numerator", "1"), left, _sum("denominator", "2"))
    assert (row.value, row.left_out) == (Decimal("0.5"), {"rejected": 4, "undated": 0})


def test_a_daily_mean_below_the_line_is_the_sum_over_the_days() -> None:
    row = _one(_kpi(divide_by=90), _sum("numerator", "100"), _sum("denominator", "900"))
    assert (row.value, row.denominator) == (Decimal(10), Decimal(10))


def test_the_row_without_bucket_holds_the_headline() -> None:
    kpi = _kpi(Buckets("…", ("over_120",)))
    sums = [_sum("numerator", "30", "0-30"), _sum("numerator", "10", "over_120"), _sum("denominator", "40")]
    values = {row.bucket: row.value for row in kpi_rows([kpi], sums, AS_OF)}
    assert values == {None: Decimal("0.25"), "0-30": Decimal("0.75"), "over_120": Decimal("0.25")}
