"""The page of faults names each once, and only tests, gears and planted bugs that there are."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.testing import gears
from shared.testing.planted_bugs import PLANTED

COUNTS = {"A": 12, "B": 8, "C": 14, "D": 12, "E": 9, "F": 11, "G": 18, "H": 7, "I": 4, "J": 8, "K": 3}
ROW = re.compile(r"^\| ([A-K]\d+) \|.*\| (.*) \|$", re.MULTILINE)
TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")
PLANT = re.compile(r"planted `(\w+)`")
GEAR = re.compile(r"gear `(\w+)`")


@pytest.fixture(scope="module")
def page(repo_root: Path) -> str:
    return (repo_root / "docs/faults.md").read_text()


@pytest.fixture(scope="module")
def shown_by(page: str) -> Mapping[str, str]:
    return dict(ROW.findall(page))


def test_every_fault_has_one_row(page: str) -> None:
    ids = [each for each, _ in ROW.findall(page)]
    assert ids == [f"{letter}{number}" for letter, count in COUNTS.items() for number in range(1, count + 1)]


def test_every_fault_is_shown_by_something(shown_by: Mapping[str, str]) -> None:
    found = {each: TEST.findall(text) + PLANT.findall(text) + GEAR.findall(text) for each, text in shown_by.items()}
    assert [each for each, names in found.items() if not names] == []


def test_what_shows_a_fault_is_there(repo_root: Path, shown_by: Mapping[str, str]) -> None:
    named = {each for text in shown_by.values() for each in TEST.findall(text)}
    assert [each for each in sorted(named) if f"def {each[1]}(" not in (repo_root / each[0]).read_text()] == []
    assert {each for text in shown_by.values() for each in GEAR.findall(text)} <= vars(gears).keys()


def test_a_planted_bug_that_is_named_can_be_planted(shown_by: Mapping[str, str]) -> None:
    named = {each for text in shown_by.values() for each in PLANT.findall(text)}
    assert named <= PLANTED.keys()
