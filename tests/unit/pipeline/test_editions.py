from datetime import date, timedelta
from itertools import islice

import pytest

from shared.model.code_set import ReleaseCalendar
from shared.pipeline.editions import Edition, editions_up_to, fiscal_year

CALENDAR = ReleaseCalendar(
    paths={10: "/{fiscal_year}.zip", 4: "/april-{year}.zip"},
    member="*",
    columns={},
    keep=None,
    look_again=timedelta(30),
)


def newest(today: date, count: int) -> list[Edition]:
    return list(islice(editions_up_to(CALENDAR, today), count))


def test_the_newest_edition_whose_day_has_come_is_first() -> None:
    assert newest(date(2026, 5, 1), 2) == [
        Edition(date(2026, 4, 1), "/april-2026.zip"),
        Edition(date(2025, 10, 1), "/2026.zip"),
    ]


def test_an_edition_counts_from_its_first_day_on_and_not_before() -> None:
    assert newest(date(2026, 10, 1), 1) == [Edition(date(2026, 10, 1), "/2027.zip")]
    assert newest(date(2026, 9, 30), 1) == [Edition(date(2026, 4, 1), "/april-2026.zip")]


def test_in_january_the_editions_of_last_year_are_in_force() -> None:
    assert newest(date(2026, 1, 1), 1) == [Edition(date(2025, 10, 1), "/2026.zip")]


@pytest.mark.parametrize(
    ("day", "year"), [(date(2025, 9, 30), 2025), (date(2025, 10, 1), 2026), (date(2026, 4, 1), 2026)]
)
def test_a_fiscal_year_begins_in_the_october_before(day: date, year: int) -> None:
    assert fiscal_year(day) == year
