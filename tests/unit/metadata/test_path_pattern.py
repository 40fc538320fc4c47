import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.model.path_pattern import PathPattern

DAILY = PathPattern.parse("emr/clinic.a/{as_of:date}/patients{any}.csv")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("emr/clinic.a/2026-01-31/patients.csv", {"as_of": "2026-01-31"}),
        ("emr/clinic.a/2026-01-31/patients (2).csv", {"as_of": "2026-01-31"}),
        ("emr/clinic.a/2024-02-29/patients.csv", {"as_of": "2024-02-29"}),
        ("emr/clinic.a/2026-02-29/patients.csv", None),
        ("emr/clinic.a/0000-01-01/patients.csv", None),
        ("emr/clinic.a/2026-1-31/patients.csv", None),
        ("emr/clinic.a/٢٠٢٦-01-31/patients.csv", None),
        ("emr/clinicXa/2026-01-31/patients.csv", None),
        ("emr/clinic.a/2026-01-31/deep/patients.csv", None),
        ("emr/clinic.a/2026-01-31/patients/x.csv", None),
        ("emr/clinic.a/2026-01-31/patients.csv\n", None),
        ("x/emr/clinic.a/2026-01-31/patients.csv", None),
        ("EMR/clinic.a/2026-01-31/patients.csv", None),
    ],
)
def test_a_pattern_matches_whole_names_with_real_dates_only(name: str, values: dict[str, str] | None) -> None:
    assert DAILY.match(name) == values


def test_a_month_and_a_text_are_told_apart() -> None:
    pattern = PathPattern.parse("{payer:text}/{period:month}.csv")
    assert pattern.match("north-star_1.x/2026-01.csv") == {"payer": "north-star_1.x", "period": "2026-01"}
    assert pattern.match("north star/2026-01.csv") is None
    assert pattern.match("northstar/2026-13.csv") is None


def test_patterns_that_differ_in_names_only_have_one_shape() -> None:
    assert PathPattern.parse("a/{x:date}/{any}").shape == PathPattern.parse("a/{y:date}/{any}").shape
    assert PathPattern.parse("a/{x:date}").shape != PathPattern.parse("a/{x:month}").shape


@pytest.mark.parametrize("text", ["{as_of:day}", "{As:date}", "{x}", "{a:date}{a:date}", "a}b", "a{b", "{{a:date}}"])
def test_a_pattern_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        PathPattern.parse(text)


@given(st.dates(), st.from_regex(r"[^/{}\n]*", fullmatch=True))
def test_a_filled_pattern_matches_itself(day: object, stamp: str) -> None:
    assert DAILY.match(DAILY.fill({"as_of": str(day)}, stamp)) == {"as_of": str(day)}
