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
    """What came out: the person of each patient, every pair that was judged, and the ties that stand."""

    person_of: Mapping[str, str]
    judged: Mapping[Ids, Judgement]
    decided: Mapping[Ids, Decision]
    ties: frozenset[Ids]


def match(versions: "pa.Table", decisions: Iterable[Decision], rules: MatchRules) -> Matched:
    """The order of `versions` and `decisions` does not show; decisions name patients that `versions` has."""
    scorer = Scorer(versions, rules)
    decided = {one.ids: one for one in decisions}
    torn = scorer.overlaid()
    judged = _judged(scorer.candidates(), rules)
    held = {one.pair.ids for one in judged.values() if one.matches and torn.isdisjoint(one.pair.ids)}
    same = frozenset(ids for ids, one in decided.items() if one.verdict == SAME)
    different = frozenset(ids for ids, one in decided.items() if one.verdict == DIFFERENT)
    together = groups(held | same)
    judged |= _judged(scorer.inside(group for group in together if len(group) > 2 or same.intersection([group])), rules)
    conflicts = {ids for ids, one in judged.items() if one.conflict} - same
    ties = Ties(frozenset(held - different - same), same, frozenset(conflicts), different)
    stand = settle(ties)
    return Matched(_persons(scorer.patients(), stand), judged, decided, stand)


def _judged(pairs: Iterable[Pair], rules: MatchRules) -> dict[Ids, Judgement]:
    return {pair.ids: judge(pair, rules) for pair in pairs}


def _persons(patients: Iterable[str], ties: Collection[Ids]) -> dict[str, str]:
    alone = {patient: person_id([patient]) for patient in patients}
    return alone | {patient: person_id(group) for group in groups(ties) for patient in group}
