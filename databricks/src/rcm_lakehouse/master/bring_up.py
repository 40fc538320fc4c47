"""Master data brought up to silver: each part anew when a table that it is made of or its rules changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rcm_lakehouse.lake import Lake, Written
from rcm_lakehouse.master.bring_up_codes import bring_up_crosswalks, bring_up_providers
from rcm_lakehouse.master.bring_up_persons import bring_up_persons
from rcm_lakehouse.master.crosswalks import Crosswalk
from rcm_lakehouse.master.rules import MatchRules
from rcm_lakehouse.master.taken_in import Input, forget, inputs, record, taken_in
from rcm_lakehouse.metadata import Metadata

PARTS = PERSONS, PROVIDERS, CROSSWALKS = "persons", "providers", "crosswalks"

PROVIDER_RULES = "1"
"""Raised when the code that joins providers changes its meaning."""


@dataclass(slots=True)
class BroughtUp:
    """What was written, with the tables each is made of; and what was odd, counted."""

    written: list[tuple[Written, Sequence[str]]] = field(default_factory=list)
    warnings: dict[str, int] = field(default_factory=dict)

    def add(self, written: Sequence[Written], made_of: Sequence[Input], warnings: Mapping[str, int]) -> None:
        self.written.extend((one, [given.table for given in made_of]) for one in written)
        self.warnings.update(warnings)


def bring_up(lake: Lake, metadata: Metadata, rules: MatchRules, crosswalks: Sequence[Crosswalk]) -> BroughtUp:
    """Each table is one commit. The result depends on silver and the rules alone, so a repeat, or a start after a

    crash, finds nothing left to change.
    """
    before = taken_in(lake)
    now = inputs(lake, _tables_of(crosswalks), _rules_of(rules, crosswalks))
    done = BroughtUp()
    sides = {part: [[one for one in side if one.part == part] for side in (before, now)] for part in PARTS}
    moved = {part: (then, given) for part, (then, given) in sides.items() if then != given}
    forget(lake, before, moved)
    for part, (then, given) in moved.items():
        if part == PERSONS:
            written, warnings = bring_up_persons(lake, metadata, rules)
        elif part == PROVIDERS:
            written, warnings = bring_up_providers(lake, metadata)
        else:
            written, warnings = bring_up_crosswalks(lake, metadata, crosswalks, then, given)
        done.add(written, given, warnings)
    if now != before:
        done.add([record(lake, now)], [], {})
    return done


def _tables_of(crosswalks: Sequence[Crosswalk]) -> dict[str, list[str]]:
    named = sorted({f"silver.{noun}" for crosswalk in crosswalks for noun in crosswalk.named_by})
    return {
        PERSONS: ["silver.patient", "silver.match_decision"],
        PROVIDERS: ["silver.provider"],
        CROSSWALKS: named,
    }


def _rules_of(rules: MatchRules, crosswalks: Sequence[Crosswalk]) -> dict[str, str]:
    return {
        PERSONS: rules.rules_id,
        PROVIDERS: PROVIDER_RULES,
        CROSSWALKS: "-".join(crosswalk.rules_id for crosswalk in crosswalks),
    }
