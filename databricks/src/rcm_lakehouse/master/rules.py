"""How records of persons are matched, as `metadata/master/patient.json` pins it. Nothing is learned from the data."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rcm_lakehouse.errors import MetadataError

MATCHING_CODE_VERSION = 1
"""Raised when the code that matches changes its meaning: everything is then matched anew."""

UNKNOWN = "unknown"
"""The level of a field that one of two records lacks."""

type Pattern = Mapping[str, Sequence[str]]
"""Field to the levels that fulfil it."""


@dataclass(frozen=True, slots=True)
class Chances:
    """How often a level is seen among pairs of one person (`m`) and of two (`u`)."""

    m: float
    u: float


@dataclass(frozen=True, slots=True)
class MatchRules:
    """The pinned model. Levels of a field stand from the strongest agreement to `different`.

    `prior`: the chance that two records drawn at random are of one person. `candidates`: fields of which all must agree
    for a pair to be looked at. `certain` patterns match whatever the weight, `probable` ones from the match threshold
    on. A pair that fits one of `conflicts` is two persons, unless somebody decides otherwise.
    """

    version: int
    prior: float
    fields: Mapping[str, Mapping[str, Chances]]
    candidates: Sequence[Sequence[str]]
    certain: Mapping[str, Pattern]
    probable: Mapping[str, Pattern]
    conflicts: Mapping[str, Pattern]
    match_weight: float
    review_weight: float
    shared_by_most: Mapping[str, int]
    placeholders: Mapping[str, Sequence[str]]
    called: Sequence[Sequence[str]]
    address_words: Mapping[str, str]
    rules_id: str


def read_rules(metadata_folder: Path) -> MatchRules:
    """Reads `master/patient.json`, which satisfies its JSON Schema; MetadataError names what makes no sense in it."""
    said = json.loads((metadata_folder / "master" / "patient.json").read_text(encoding="utf-8"))
    fields = {
        name: {level: Chances(chances["m"], chances["u"]) for level, chances in levels.items()}
        for name, levels in said["fields"].items()
    }
    _check(fields, {kind: said[kind] for kind in ("certain", "probable", "conflicts")})
    facts = json.dumps([MATCHING_CODE_VERSION, said], sort_keys=True)
    return MatchRules(
        version=said["version"],
        prior=said["prior"],
        fields=fields,
        candidates=said["candidates"],
        certain=said["certain"],
        probable=said["probable"],
        conflicts=said["conflicts"],
        match_weight=said["thresholds"]["match"],
        review_weight=said["thresholds"]["review"],
        shared_by_most=said["shared_by_most"],
        placeholders=said["placeholders"],
        called=said["called"],
        address_words=said["address_words"],
        rules_id=hashlib.sha256(facts.encode()).hexdigest()[:16],
    )


def _check(fields: Mapping[str, Mapping[str, Chances]], patterns: Mapping[str, Mapping[str, Pattern]]) -> None:
    for name, levels in fields.items():
        for side in ("m", "u"):
            if abs(sum(getattr(chances, side) for chances in levels.values()) - 1) > 1e-6:
                raise MetadataError(f"master/patient.json: fields.{name}: {side} of all levels must add up to 1")
    for kind, rules in patterns.items():
        for rule, pattern in rules.items():
            for name, wanted in pattern.items():
                if unknown := set(wanted) - {*fields.get(name, {}), UNKNOWN}:
                    raise MetadataError(f"master/patient.json: {kind}.{rule}: {name} has no level {sorted(unknown)}")
