"""Which definition of a KPI counts at a hospital: the first whose feeds it has. Without any the KPI refuses."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from rcm_lakehouse.kpis.definitions import Definition, Kpi

SHARED_FEEDS = frozenset({"payer", "payer_contract"})
"""Feeds that one origin delivers for all hospitals."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A KPI at a hospital. `definition` None: refused, for want of `missing_feeds`."""

    kpi: Kpi
    hospital: str
    definition: Definition | None
    missing_feeds: tuple[str, ...] = ()


def choices(kpis: Sequence[Kpi], delivered: Mapping[str, AbstractSet[str]]) -> list[Choice]:
    """Every KPI at every hospital; `delivered` is origin to the nouns it has delivered.

    A hospital is whoever delivers a feed of a KPI that is not shared.
    """
    shared = {noun for nouns in delivered.values() for noun in nouns} & SHARED_FEEDS
    named = {feed for kpi in kpis for definition in kpi.definitions for feed in definition.feeds} - SHARED_FEEDS
    hospitals = sorted(origin for origin, nouns in delivered.items() if nouns & named)
    return [_choice(kpi, hospital, delivered[hospital] | shared) for kpi in kpis for hospital in hospitals]


def _choice(kpi: Kpi, hospital: str, fed: AbstractSet[str]) -> Choice:
    first = kpi.definitions[0]
    for position, definition in enumerate(kpi.definitions):
        better = kpi.definitions[:position]
        if not set(definition.feeds) - fed and not any(_is_begun(one, definition, fed) for one in better):
            return Choice(kpi, hospital, definition)
    return Choice(kpi, hospital, None, tuple(feed for feed in first.feeds if feed not in fed))


def _is_begun(better: Definition, other: Definition, fed: AbstractSet[str]) -> bool:
    """Whether some of what the better definition needs is delivered: then nothing may stand in for the rest."""
    return bool((set(better.feeds) - set(other.feeds) - SHARED_FEEDS) & fed)
