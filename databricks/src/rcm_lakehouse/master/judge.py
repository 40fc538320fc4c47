"""What the pinned rules say of one pair, by how its fields compare and what it weighs."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rcm_lakehouse.master.rules import MatchRules, Pattern
from rcm_lakehouse.master.score import Pair


class Standing(StrEnum):
    """`certain`, `probable`: one person. `open`: a person should look. `apart`: two, and nobody need look."""

    CERTAIN = "certain"
    PROBABLE = "probable"
    OPEN = "open"
    APART = "apart"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A pair's standing, by which rule. `conflict`: what speaks for two persons, whatever the weight; "": nothing."""

    pair: Pair
    standing: Standing
    rule: str
    conflict: str = ""

    @property
    def matches(self) -> bool:
        return self.standing in (Standing.CERTAIN, Standing.PROBABLE)


WEIGHT = "weight"
"""The rule where only the weight speaks."""

UNLIKE = "unlike"
"""The conflict of two that are less like each other than any pair worth looking at."""


def judge(pair: Pair, rules: MatchRules) -> Judgement:
    """A conflict outweighs everything; then certain patterns, then probable ones from the match threshold on."""
    conflict = _first_that_fits(rules.conflicts, pair)
    worth_a_look = pair.weight >= rules.review_weight
    if not conflict and (rule := _first_that_fits(rules.certain, pair)):
        return Judgement(pair, Standing.CERTAIN, rule)
    if not conflict and pair.weight >= rules.match_weight and (rule := _first_that_fits(rules.probable, pair)):
        return Judgement(pair, Standing.PROBABLE, rule)
    if worth_a_look:
        return Judgement(pair, Standing.OPEN, conflict or WEIGHT, conflict)
    return Judgement(pair, Standing.APART, conflict or WEIGHT, conflict or UNLIKE)


def _first_that_fits(patterns: Mapping[str, Pattern], pair: Pair) -> str:
    """The name of the first pattern whose every field shows one of its levels; "": none."""
    return next((name for name, pattern in patterns.items() if _fits(pattern, pair)), "")


def _fits(pattern: Pattern, pair: Pair) -> bool:
    return all(pair.levels[field] in levels for field, levels in pattern.items())
