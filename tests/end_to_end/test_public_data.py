"""A slice of the public two-hospital data, where it lies beside the repository."""

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def public(story: Any) -> Mapping[str, Path]:
    """The files of the slice by landing path."""
    if not story.public:
        pytest.skip("the public data is not there: it is looked for in ../shared/data/rcm")
    files: Mapping[str, Path] = story.public
    return files


def records(file: Path) -> list[dict[str, str]]:
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def is_nameless(record: Mapping[str, str]) -> bool:
    """The one fault that the public data really has: people whose name is NULL."""
    return "NULL" in (record.get("F_Name"), record.get("L_Name"), record.get("M_Name"))


def test_every_record_lands_but_people_without_a_name(
    public: Mapping[str, Path], told: Callable[[str], dict[str, Any]]
) -> None:
    for path, file in public.items():
        landed = told(path)
        nameless = sum(map(is_nameless, records(file)))
        counts = (landed["status"], landed["records_in"], landed["quarantined"])
        assert counts == ("landed", len(records(file)), nameless), path


def test_the_slice_has_people_without_a_name(public: Mapping[str, Path]) -> None:
    assert any(is_nameless(record) for file in public.values() for record in records(file))


@pytest.mark.parametrize(
    ("noun", "key"),
    [("department", "DeptID"), ("provider", "ProviderID"), ("patient", "ID"), ("encounter", "EncounterID")],
)
def test_silver_holds_the_good_records(
    public: Mapping[str, Path], current_ids: Callable[[str], frozenset[str]], noun: str, key: str
) -> None:
    file = next(file for path, file in public.items() if path.endswith(f"/{noun}s.csv"))
    assert current_ids(f"public_b__{noun}") == {row[key] for row in records(file) if not is_nameless(row)}
