"""How a record of a source becomes a record of the common model."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Normalisation(StrEnum):
    """How silver evens out the spelling of a value."""

    UPPER = "upper"
    LOWER = "lower"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """What a column of the common model is made of: a column of the record (`origin_column`) or a constant.

    `values` is complete (a value outside it is a reject); `date_format` is Spark's pattern.
    """

    origin_column: str | None
    constant: str | int | float | bool | None = None
    date_format: str = ""
    values: Mapping[str, str] | None = None
    normalise: Normalisation | None = None


@dataclass(frozen=True, slots=True)
class SilverMapping:
    """How a record becomes one of the common model. `effective_from` None: from the delivery's own date on."""

    noun: str
    columns: Mapping[str, ColumnMapping]
    effective_from: str | None
