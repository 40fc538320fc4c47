"""What a plan finds: a place, and the rows that fail there."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shared.pipeline.schema.masks import Bools, Mask, either


@dataclass(frozen=True, slots=True)
class Place:
    """The keyword that fails, a pointer into the record, a pointer into the schema."""

    rule: str
    field: str
    pointer: str

    def below(self, field: str, pointer: str) -> "Place":
        """The same place seen from further up."""
        return Place(self.rule, field + self.field, pointer + self.pointer)


@dataclass(frozen=True, slots=True)
class Failure:
    place: Place
    rows: Bools


def merged(failures: Iterable[Failure]) -> tuple[Failure, ...]:
    """One failure per place, with the rows of all of them."""
    rows: dict[Place, list[Bools]] = {}
    for failure in failures:
        rows.setdefault(failure.place, []).append(failure.rows)
    return tuple(Failure(place, np.logical_or.reduce(masks)) for place, masks in rows.items())


def failing(failures: Iterable[Failure]) -> Mask:
    """The rows in which anything fails."""
    return either(failure.rows for failure in failures)
