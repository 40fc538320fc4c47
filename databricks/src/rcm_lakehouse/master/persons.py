"""Patients put together to persons: by what matches, by what people decided, and never over a conflict.

A function of the set of pairs and decisions: no order shows. Where a group holds two who can't be one, what is
ambiguous in it is let go, and if that is not enough all that the rules joined in it: unmatched is safer than wrong.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

type Ids = tuple[str, str]
"""Two patients, the smaller id first."""

type Group = tuple[str, ...]
"""Patients in the order of their ids."""


@dataclass(frozen=True, slots=True)
class Ties:
    """What holds patients together (`matched` by rules, `same` by people), and what keeps pairs apart.

    `conflicts` are the rules', `different` people's. A pair that people call the same is in neither.
    """

    matched: frozenset[Ids]
    same: frozenset[Ids]
    conflicts: frozenset[Ids]
    different: frozenset[Ids]

    @property
    def held(self) -> frozenset[Ids]:
        return self.matched | self.same

    @property
    def apart(self) -> frozenset[Ids]:
        return self.conflicts | self.different


def groups(ties: Collection[Ids]) -> list[Group]:
    """Patients that ties connect, two or more; sorted."""
    leader: dict[str, str] = {}

    def lead(patient: str) -> str:
        while (above := leader.setdefault(patient, patient)) != patient:
            leader[patient] = patient = leader[above]
        return patient

    for first, second in ties:
        low, high = sorted((lead(first), lead(second)))
        leader[high] = low
    members: defaultdict[str, list[str]] = defaultdict(list)
    for patient in sorted(leader):
        members[lead(patient)].append(patient)
    return sorted(tuple(one) for one in members.values() if len(one) > 1)


def settle(ties: Ties) -> frozenset[Ids]:
    """The ties that stand: no group that they make holds two who are apart.

    Only where people join what the rules would keep apart, a group may hold a conflict: theirs is the word.
    """
    kept = ties.held
    for let_go in (_ambiguous, _ruled, _contradicted):
        kept -= {tie for inside, clashes in _contested(kept, ties) for tie in let_go(inside, clashes, ties)}
    return kept


def person_id(members: Iterable[str]) -> str:
    """32 hex digits that follow from the smallest of the members, in whatever order they came to be known."""
    return hashlib.sha256(f"person\x1f{min(members)}".encode()).hexdigest()[:32]


def pair_id(ids: Ids) -> str:
    """32 hex digits that name two patients without saying who they are."""
    return hashlib.sha256("\x1f".join(("pair", *ids)).encode()).hexdigest()[:32]


def _contested(kept: Collection[Ids], ties: Ties) -> Iterator[tuple[list[Ids], list[Ids]]]:
    """Of each group that holds two who are apart: the ties inside of it, and the pairs that are apart.

    Where people alone made a group, only those count that people call different.
    """
    place = {patient: number for number, group in enumerate(groups(kept)) for patient in group}
    clashes: defaultdict[int, list[Ids]] = defaultdict(list)
    for first, second in ties.apart:
        if first in place and place[first] == place.get(second):
            clashes[place[first]].append((first, second))
    inside: defaultdict[int, list[Ids]] = defaultdict(list)
    for tie in kept:
        if place[tie[0]] in clashes:
            inside[place[tie[0]]].append(tie)
    for number, pairs in clashes.items():
        counted = [pair for pair in pairs if pair in ties.different] if ties.same.issuperset(inside[number]) else pairs
        if counted:
            yield inside[number], counted


def _ambiguous(inside: Collection[Ids], clashes: Collection[Ids], ties: Ties) -> set[Ids]:
    """The rules' ties of those who are tied to both of two that are apart, and any between the two themselves."""
    tied: defaultdict[str, set[str]] = defaultdict(set)
    for first, second in inside:
        tied[first].add(second)
        tied[second].add(first)
    torn = {member for member, others in tied.items() if any(others.issuperset(pair) for pair in clashes)}
    return {tie for tie in inside if tie not in ties.same and (torn.intersection(tie) or tie in clashes)}


def _ruled(inside: Collection[Ids], _clashes: Collection[Ids], ties: Ties) -> set[Ids]:
    return {tie for tie in inside if tie not in ties.same}


def _contradicted(inside: Collection[Ids], _clashes: Collection[Ids], _ties: Ties) -> set[Ids]:
    """People call a group one person, and two of it two: nobody in it is joined until they agree."""
    return set(inside)
