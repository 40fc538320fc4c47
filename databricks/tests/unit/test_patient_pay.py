from decimal import Decimal

from rcm_lakehouse.kpis.patient_pay import Count, rates, wilson


def test_the_interval_is_wilsons() -> None:
    assert wilson(10, 100) == (Decimal("0.055229"), Decimal("0.174366"))
    assert wilson(0, 10) == (Decimal("0.000000"), Decimal("0.277533"))


def test_an_outcome_that_nobody_had_has_a_rate_of_nought_and_an_interval_all_the_same() -> None:
    counted = [Count("hospital_a", "payer", "MEDICARE", "paid_in_time", 8)]
    counted += [Count("hospital_a", "payer", "MEDICARE", "never_paid", 2)]
    told = {one.outcome: one for one in rates(counted)}
    assert (told["never_paid"].rate, told["never_paid"].of_accounts) == (Decimal("0.200000"), 10)
    assert (told["paid_late"].accounts, told["paid_late"].high) == (0, Decimal("0.277533"))
