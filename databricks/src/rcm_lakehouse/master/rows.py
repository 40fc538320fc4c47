"""What came out of the matching as rows of gold: ids, scores, names of fields and rules; never a value of a patient."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from rcm_lakehouse.master.decisions import DIFFERENT, Decision
from rcm_lakehouse.master.judge import Judgement, Standing
from rcm_lakehouse.master.match import Matched
from rcm_lakehouse.master.persons import Ids, pair_id
from rcm_lakehouse.master.rules import UNKNOWN

PERSON = "gold.person"
PERSON_SCHEMA = "person_id string, patient_count int, hospitals array<string>"
PERSON_KEY = ["person_id"]

PERSON_MEMBER = "gold.person_member"
PERSON_MEMBER_SCHEMA = (
    "patient_id string, hospital string, since timestamp, until timestamp, is_current boolean, person_id string, "
    "joined_by string, joined_with string, decided_by string, rules_version int"
)
PERSON_MEMBER_KEY = ["patient_id", "since"]

PATIENT_MATCH = "gold.patient_match"
PATIENT_MATCH_SCHEMA = (
    "pair_id string, patient_id_1 string, patient_id_2 string, outcome string, reason string, match_weight double, "
    "match_probability double, agree array<string>, close array<string>, differ array<string>, decision_id string, "
    "decided_by string, decided_at timestamp, rules_version int"
)
PATIENT_MATCH_KEY = ["pair_id"]

SAME_PERSON, REVIEW, TWO_PERSONS = "same_person", "review", "two_persons"
"""Outcomes of a pair; `review`: a person should look, and until then they are two."""

ALONE, DECISION = "alone", "decision"


class Membership(NamedTuple):
    """Whose record a patient is, and by what: the strongest tie that holds it, or `alone`."""

    person_id: str
    joined_by: str
    joined_with: str | None = None
    decided_by: str | None = None


def memberships(matched: Matched) -> dict[str, Membership]:
    """Of every patient."""
    ties: defaultdict[str, list[tuple[int, float, str, Membership]]] = defaultdict(list)
    for ids in matched.ties:
        for mine, other in (ids, ids[::-1]):
            ties[mine].append(_tie(matched, ids, mine, other))
    alone = {patient: Membership(person, ALONE) for patient, person in matched.person_of.items()}
    return alone | {patient: min(mine)[-1] for patient, mine in ties.items()}


def _tie(matched: Matched, ids: Ids, mine: str, other: str) -> tuple[int, float, str, Membership]:
    """A tie with what puts it before others: people's word, then certain rules, then the weight."""
    person = matched.person_of[mine]
    if decision := matched.decided.get(ids):
        return 0, 0.0, other, Membership(person, DECISION, other, decision.decided_by)
    judgement = matched.judged[ids]
    rank = 1 if judgement.standing is Standing.CERTAIN else 2
    return rank, -judgement.pair.weight, other, Membership(person, judgement.rule, other)


def person_rows(person_of: Mapping[str, str]) -> Iterator[tuple[object, ...]]:
    """PERSON_SCHEMA: each person once."""
    patients: defaultdict[str, list[str]] = defaultdict(list)
    for patient, person in person_of.items():
        patients[person].append(patient)
    for person, members in sorted(patients.items()):
        yield person, len(members), sorted({*map(hospital_of, members)})


def match_rows(matched: Matched, rules_version: int) -> Iterator[tuple[object, ...]]:
    """PATIENT_MATCH_SCHEMA: every pair that matches, that waits for a person, or that somebody decided on."""
    for ids in sorted(matched.judged.keys() | matched.decided.keys()):
        judgement, decision = matched.judged.get(ids), matched.decided.get(ids)
        if decision or (judgement and judgement.standing is not Standing.APART):
            outcome, reason = _outcome(matched, ids)
            yield pair_id(ids), *ids, outcome, reason, *_score(judgement), *_word(decision), rules_version


def _outcome(matched: Matched, ids: Ids) -> tuple[str, str]:
    is_one = matched.person_of[ids[0]] == matched.person_of[ids[1]]
    judgement, decision = matched.judged.get(ids), matched.decided.get(ids)
    if decision:
        kept = is_one != (decision.verdict == DIFFERENT)
        return (SAME_PERSON if is_one else TWO_PERSONS, DECISION) if kept else (REVIEW, "decisions_contradict")
    if is_one:
        return SAME_PERSON, judgement.rule if judgement and ids in matched.ties else "through_others"
    if judgement and judgement.matches:
        return REVIEW, "overlaid" if matched.overlaid.intersection(ids) else "conflict_in_group"
    return REVIEW, judgement.rule if judgement else ""


def _score(judgement: Judgement | None) -> tuple[object, ...]:
    """Weight, probability, and the fields that agree, nearly do, and do not."""
    if judgement is None:
        return None, None, [], [], []
    pair = judgement.pair
    probability = round(1 / (1 + 2**-pair.weight), 6)
    agree = [field for field, level in pair.levels.items() if level == "same"]
    differ = [field for field, level in pair.levels.items() if level == "different"]
    close = [f"{f}:{level}" for f, level in pair.levels.items() if level not in ("same", "different", UNKNOWN)]
    return pair.weight, probability, agree, close, differ


def _word(decision: Decision | None) -> tuple[object, ...]:
    return (decision.decision_id, decision.decided_by, decision.decided_at) if decision else (None, None, None)


type StoredMembership = tuple[datetime, Membership, int]
"""Since when, what, by which version of the rules."""


def membership_changes(
    stored: Mapping[str, StoredMembership], wanted: Mapping[str, Membership], at: datetime, rules_version: int
) -> Iterator[tuple[object, ...]]:
    """Rows of PERSON_MEMBER_SCHEMA and `_change`: what turns the memberships that stand into the wanted ones.

    A patient who goes to another person, or who is gone, leaves a row that ended `at`; a patient who stays where they
    were keeps the row, which tells by what they are held now. What began `at` is written over, not ended.
    """
    for patient, (since, held, version) in stored.items():
        now, place = wanted.get(patient), (patient, hospital_of(patient))
        if now is not None and (now.person_id == held.person_id or since == at):
            if now != held:
                yield *place, since, None, True, *now, rules_version, "update"
        elif now is None and since == at:
            yield *place, since, None, True, *held, version, "delete"
        else:
            yield *place, since, at, False, *held, version, "update"
            if now is not None:
                yield *place, at, None, True, *now, rules_version, "insert"
    for patient in wanted.keys() - stored.keys():
        yield patient, hospital_of(patient), at, None, True, *wanted[patient], rules_version, "insert"


def hospital_of(patient: str) -> str:
    """The hospital whose record a patient is, which stands before the number."""
    return patient.partition(":")[0]


def stored_memberships(rows: Iterable[Sequence[Any]]) -> dict[str, StoredMembership]:
    """Of rows `patient_id, since, rules_version` and a membership's own columns, those that hold now, by patient."""
    return {patient: (since, Membership(*held), version) for patient, since, version, *held in rows}
