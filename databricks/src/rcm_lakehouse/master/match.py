"""Who is one person: from every version of every patient and the decisions of people, by the pinned rules alone."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rcm_lakehouse.master.decisions import DIFFERENT, SAME, Decision
from rcm_lakehouse.master.judge import Judgement, judge
from rcm_lakehouse.master.persons import Ids, Ties, groups, person_id, settle
from rcm_lakehouse.master.rules import MatchRules
from rcm_lakehouse.master.score import Pair, Scorer

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Matched:
    """What came out: the person of each patient, every pair that was judged, and the ties that stand.

    `overlaid` patients' versions tell of two people each: rules join them to nobody.
    """

    person_of: Mapping[str, str]
    judged: Mapping[Ids, Judgement]
    decided: Mapping[Ids, Decision]
    ties: frozenset[Ids]
    overlaid: frozenset[str]


def match(versions: "pa.Table", decisions: Iterable[Decision], rules: MatchRules) -> Matched:
    """The order of `versions` and `decisions` does not show; decisions name patients that `versions` has."""
    scorer = Scorer(versions, rules)
    overlaid = scorer.overlaid()
    decided = {one.ids: one for one in decisions}
    same = frozenset(ids for ids, one in decided.items() if one.verdict == SAME)
    different = frozenset(ids for ids, one in decided.items() if one.verdict == DIFFERENT)
    judged = _judged(scorer.candidates(), rules)
    matched = (
        frozenset(ids for ids, one in judged.items() if one.matches and overlaid.isdisjoint(ids)) - different - same
    )
    to_check = [group for group in groups(matched | same) if len(group) > 2 or group in same]
    judged |= _judged(scorer.inside(to_check), rules)
    conflicts = frozenset(ids for ids, one in judged.items() if one.conflict) - same
    ties = settle(Ties(matched, same, conflicts, different))
    return Matched(_persons(scorer.patients(), ties), judged, decided, ties, overlaid)


def _judged(pairs: Iterable[Pair], rules: MatchRules) -> dict[Ids, Judgement]:
    return {pair.ids: judge(pair, rules) for pair in pairs}


def _persons(patients: Iterable[str], ties: Collection[Ids]) -> dict[str, str]:
    alone = {patient: person_id([patient]) for patient in patients}
    return alone | {patient: person_id(group) for group in groups(ties) for patient in group}
