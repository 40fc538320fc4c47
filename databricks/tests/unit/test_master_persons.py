"""Patients put together to persons by ties, conflicts and people's words, in whatever order those come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rcm_lakehouse.master.persons import Ids, Ties, groups, person_id, settle


def ties(matched: str = "", same: str = "", conflicts: str = "", different: str = "") -> Ties:
    return Ties(_pairs(matched), _pairs(same), _pairs(conflicts), _pairs(different))


def _pairs(text: str) -> frozenset[Ids]:
    """`ab bc`: two pairs."""
    return frozenset((pair[0], pair[1]) for pair in text.split())


def persons(of: Ties) -> list[str]:
    return ["".join(group) for group in groups(settle(of))]


@pytest.mark.parametrize(
    ("held", "expected"),
    [
        (ties("ab bc"), ["abc"]),
        (ties("ab cd"), ["ab", "cd"]),
        # b goes with a and with c, who are two: nobody knows whose b is
        (ties("ab bc", conflicts="ac"), []),
        (ties("ab bc cd", conflicts="ac"), ["cd"]),
        # a chain over which two persons would be joined: nobody in it is torn, so all of it is let go
        (ties("ab bc cd", conflicts="ad"), []),
        (ties("ab bc", same="ac", conflicts=""), ["abc"]),
        # a person's word joins what the rules keep apart; b, torn for the rules, stays where nobody put it
        (ties(same="ac", conflicts=""), ["ac"]),
        (ties("ab", different="ab"), []),
        (ties("ab bc", different="ac"), []),
        (ties("ab bc", same="bc", different="ac"), ["bc"]),
        (ties("ab cd", same="bc", conflicts="ad"), ["bc"]),
        (ties(same="ab bc", different="ac"), []),
        (ties(same="ab bc", conflicts="ac"), ["abc"]),
    ],
)
def test_no_group_holds_two_who_are_apart(held: Ties, expected: list[str]) -> None:
    held = Ties(held.matched - held.different, held.same, held.conflicts, held.different)
    assert persons(held) == expected


PAIR = st.sets(st.sampled_from("abcdefgh"), min_size=2, max_size=2).map(lambda two: (min(two), max(two)))
PAIRS = st.frozensets(PAIR, max_size=10)


@given(PAIRS, PAIRS, PAIRS, PAIRS, st.randoms(use_true_random=False))
def test_whatever_is_said_no_conflict_is_joined_by_rules_and_no_order_shows(
    matched: frozenset[Ids], same: frozenset[Ids], conflicts: frozenset[Ids], different: frozenset[Ids], draw: object
) -> None:
    said = Ties(matched - conflicts - different, same - different, conflicts - same, different)
    stand = settle(said)
    assert stand <= said.held
    for group in groups(stand):
        inside = {pair for pair in stand if pair[0] in group}
        apart = said.different if inside <= said.same else said.apart
        assert not [pair for pair in apart if set(pair) <= set(group)]


def test_a_persons_id_follows_from_the_smallest_member() -> None:
    assert person_id(["b", "a"]) == person_id(["a", "c"]) != person_id(["b"])
