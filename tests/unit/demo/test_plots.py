from local.demo.plots import denials_by_month, receivables_by_age, where_records_went

AGED = [
    {"kpi_id": "aged_ar", "hospital": "hospital_a", "bucket": bucket, "numerator": amount, "as_of": "2026-01-31"}
    for bucket, amount in (("91-120", "10.00"), ("0-30", "30.00"), ("over_120", "5.00"), (None, "45.00"))
]


def test_ages_stand_in_order_and_each_has_its_bar() -> None:
    svg = receivables_by_age(AGED)
    assert svg.index(">0-30<") < svg.index(">91-120<") < svg.index(">over 120<")
    assert svg.count("#2563a8") >= 3
    assert "as of 2026-01-31" in svg


def test_without_figures_a_plot_is_drawn_all_the_same() -> None:
    assert all(svg.startswith("<svg") for svg in (receivables_by_age([]), denials_by_month([]), where_records_went({})))
