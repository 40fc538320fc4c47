"""Who is one person, on people made up to be taken for one another."""

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from patient_versions import table, version
from rcm_lakehouse.master.decisions import DIFFERENT, SAME, UNDECIDED, Decision, in_force
from rcm_lakehouse.master.judge import Standing
from rcm_lakehouse.master.match import Matched, match
from rcm_lakehouse.master.rules import MatchRules, read_rules

REPOSITORY = Path(__file__).parents[3]

BEN = {"first_name": "Ben", "gender": "male", "last_name": "Okafor", "address": "7 Mill Lane, Harlan, KY 40831"}
CAL = {
    "first_name": "Cal",
    "gender": "male",
    "last_name": "Ruiz",
    "phone": "305-555-0150",
    "address": "90 Oak Road, Ely",
}

VERSIONS = [
    # one person in two hospitals, who moved, is called otherwise, and once had a digit wrong in the birthday
    version("a:1", first_name="Elizabeth", ssn="511-20-3001"),
    version("b:1", first_name="Beth", ssn="511203001", address="4 Dock Road, Ely", phone="", birth_date="1980-02-08"),
    # one person without an SSN on one side, married since
    version("a:2", first_name="Dora", last_name="Abel", ssn="512-20-3002", birth_date="1971-05-06"),
    version("a:2", first_name="Dora", last_name="Quist", ssn="512-20-3002", birth_date="1971-05-06"),
    version("b:2", first_name="Dora", last_name="Quist", ssn="", birth_date="1971-05-06", phone="+1 212-555-0101x42"),
    # twins: one address, one telephone, names alike, no SSN on one side
    version("a:3", first_name="Marion", last_name="Voss", ssn="513-20-3003", birth_date="1990-09-09"),
    version("b:3", first_name="Marian", last_name="Voss", ssn="", birth_date="1990-09-09"),
    # father and son of one name under one roof, neither gives an SSN
    version("a:4", **BEN, ssn="", birth_date="1950-01-02", phone="404-555-0111"),
    version("b:4", **BEN, ssn="", birth_date="1978-11-12", phone="404-555-0111"),
    # two of one name and birthday, strangers; no SSN on one side, nothing else in common
    version("a:5", **CAL, ssn="515-20-3005", birth_date="1966-06-06"),
    version("b:5", **CAL | {"phone": "", "address": "1 Far Street, Ames 50010"}, ssn="", birth_date="1966-06-06"),
    # a mother's SSN at two children of one day
    version("a:6", first_name="Ina", last_name="Todd", ssn="516-20-3006", birth_date="2015-03-03", phone=""),
    version("b:6", first_name="Kai", last_name="Todd", ssn="516-20-3006", birth_date="2015-03-03", phone=""),
    # the middle one goes with both, who have two SSNs
    version("a:7", first_name="Gil", last_name="Ray", ssn="517-20-3007", birth_date="1940-04-04", phone="606-555-0107"),
    version("b:7", first_name="Gil", last_name="Ray", ssn="", birth_date="1940-04-04", phone="606-555-0107"),
    version("b:8", first_name="Gil", last_name="Ray", ssn="817-33-9008", birth_date="1940-04-04", phone="606-555-0107"),
    # an SSN that the desk types when it has none
    version("a:9", first_name="Pia", last_name="Uhl", ssn="123-45-6789", birth_date="1955-05-05", phone="", address=""),
    version("b:9", first_name="Pia", last_name="Uhl", ssn="123-45-6789", birth_date="1955-05-05", phone="", address=""),
    # a record over which another person was written
    version("a:10", first_name="Zoe", last_name="Orr", ssn="520-20-3010", birth_date="1988-08-08"),
    version("a:10", first_name="Walter", last_name="Ham", gender="male", ssn="521-20-3011", birth_date="1931-12-01"),
    version("b:10", first_name="Zoe", last_name="Orr", ssn="520-20-3010", birth_date="1988-08-08"),
]  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> MatchRules:
    return read_rules(REPOSITORY / "metadata")


@pytest.fixture(scope="module")
def matched(rules: MatchRules) -> Matched:
    return match(table(VERSIONS), [], rules)


def decision(first: str, second: str, verdict: str, day: int = 1) -> Decision:
    return Decision.on(first, second, f"d{day}", verdict, "Ann Steward", datetime(2026, 1, day, tzinfo=UTC))


def is_one(of: Matched, first: str, second: str) -> bool:
    return of.person_of[first] == of.person_of[second]


def test_people_who_moved_married_or_go_by_another_name_are_one(matched: Matched) -> None:
    assert is_one(matched, "a:1", "b:1")
    assert is_one(matched, "a:2", "b:2")


@pytest.mark.parametrize(
    ("first", "second", "rule"),
    [
        ("a:3", "b:3", "weight"),
        ("a:4", "b:4", "two_birth_dates"),
        ("a:5", "b:5", "weight"),
        ("a:6", "b:6", "two_first_names"),
        ("a:7", "b:8", "two_ssns"),
        ("a:9", "b:9", "weight"),
    ],
)
def test_who_may_be_two_waits_for_a_person(matched: Matched, first: str, second: str, rule: str) -> None:
    assert not is_one(matched, first, second)
    judgement = matched.judged[first, second]
    assert (judgement.standing, judgement.rule) == (Standing.OPEN, rule)


def test_one_who_goes_with_two_is_joined_to_neither(matched: Matched) -> None:
    assert matched.judged["a:7", "b:7"].matches
    assert matched.judged["b:7", "b:8"].matches
    assert not is_one(matched, "a:7", "b:7")
    assert not is_one(matched, "b:7", "b:8")


def test_a_record_that_tells_of_two_people_is_joined_to_nobody(matched: Matched) -> None:
    assert not is_one(matched, "a:10", "b:10")


def test_no_order_of_deliveries_shows(matched: Matched, rules: MatchRules) -> None:
    shuffled = list(VERSIONS)
    random.Random(5).shuffle(shuffled)
    assert match(table(shuffled), [], rules) == matched


def test_a_persons_word_joins_and_parts(rules: MatchRules) -> None:
    words = in_force(
        [
            decision("b:1", "a:1", DIFFERENT, 2),
            decision("a:3", "b:3", SAME, 3),
            decision("a:4", "b:4", SAME, 4),
            decision("b:4", "a:4", UNDECIDED, 5),
            decision("a:5", "b:5", DIFFERENT, 7),
            decision("a:5", "b:5", SAME, 6),
        ]
    )
    told = match(table(VERSIONS), words, rules)
    assert not is_one(told, "a:1", "b:1")
    assert is_one(told, "a:3", "b:3")
    assert not is_one(told, "a:4", "b:4")
    assert not is_one(told, "a:5", "b:5")
    assert is_one(told, "a:2", "b:2")
