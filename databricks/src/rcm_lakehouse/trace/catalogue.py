"""How readers find what stands behind a figure: which relation, and which of its columns, each side is summed from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rcm_lakehouse.kpis.definitions import Bucket, Definition, Sum
from rcm_lakehouse.kpis.feeds import Choice
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.kpis.values import named_buckets

SIDES = ("numerator", "denominator")


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The sums behind all figures of what is chosen, by relation, and the name of each one's column."""

    chosen: tuple[Choice, ...]
    by_relation: Mapping[str, Sequence[Sum]]
    columns: Mapping[Sum, str]

    @property
    def numbers(self) -> Mapping[Sum, int]:
        """Of each sum among all."""
        return {one: number for number, one in enumerate(self.columns)}

    @property
    def sliced(self) -> list[Sum]:
        """Those that are also told by slice."""
        return [one for choice in self.chosen for one in _definition(choice).sliced_sums()]

    @property
    def reads_ledger(self) -> bool:
        return any("gold.ledger_line" in RELATIONS[name].tables for name in self.by_relation)


def catalogue_of(chosen: Iterable[Choice]) -> Catalogue:
    """What is refused is left out."""
    told = tuple(one for one in chosen if one.definition)
    sums = dict.fromkeys(side for one in told for bucket in _buckets(one) for side in _sides(bucket).values())
    by_relation: dict[str, list[Sum]] = {}
    for one in sums:
        by_relation.setdefault(one.of, []).append(one)
    columns = {one: f"s{number}" for mine in by_relation.values() for number, one in enumerate(mine)}
    return Catalogue(told, dict(sorted(by_relation.items())), columns)


def catalogue_document(catalogue: Catalogue) -> dict[str, Any]:
    """`figures`: of each KPI, hospital and bucket where its sides are; `relations`: what a row is and is made of."""
    return {
        "figures": [
            {
                "kpi_id": one.kpi.kpi_id,
                "hospital": one.hospital,
                "bucket": name,
                **{side: [of.of, catalogue.columns[of]] for side, of in _sides(bucket).items()},
            }
            for one in catalogue.chosen
            for bucket, name in named_buckets(_definition(one))
        ],
        "relations": {
            name: {"grain": RELATIONS[name].grain, "made_of": list(RELATIONS[name].tables)}
            for name in catalogue.by_relation
        },
    }


def figures_of(catalogue: Catalogue) -> list[tuple[int, str, str, str | None, str]]:
    """(number of a sum, hospital, KPI, bucket, side) of every side that it is."""
    return [
        (catalogue.numbers[of], one.hospital, one.kpi.kpi_id, name, side)
        for one in catalogue.chosen
        for bucket, name in named_buckets(_definition(one))
        for side, of in _sides(bucket).items()
    ]


def _buckets(one: Choice) -> Iterable[Bucket]:
    return _definition(one).buckets


def _definition(one: Choice) -> Definition:
    if one.definition is None:
        raise ValueError(f"{one.kpi.kpi_id} is refused at {one.hospital}")
    return one.definition


def _sides(bucket: Bucket) -> Mapping[str, Sum]:
    return dict(zip(SIDES, (bucket.numerator, bucket.denominator), strict=True))
