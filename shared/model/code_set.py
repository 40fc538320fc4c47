"""A code set that is brought from its publisher: as whole editions, or by asking an API."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class CodeForm(StrEnum):
    """How a code is written out; the release files leave the dot of ICD-10-CM away."""

    AS_IS = "as_is"
    ICD_10_CM = "icd_10_cm"


@dataclass(frozen=True, slots=True)
class Slice:
    """A column of a release file: characters from `start` (0-based), to the line's end where `width` is None."""

    start: int
    width: int | None
    form: CodeForm = CodeForm.AS_IS


@dataclass(frozen=True, slots=True)
class Keep:
    """Which lines of a release file are records: those with one of `values` in the slice."""

    slice: Slice
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReleaseCalendar:
    """Whole editions: one from the first day of each named month, at a path made of year and fiscal year."""

    paths: Mapping[int, str]
    member: str
    columns: Mapping[str, Slice]
    keep: Keep | None
    look_again: timedelta


class CodeApi(StrEnum):
    """The APIs whose answers are understood."""

    NPPES = "nppes_2_1"
    CLINICAL_TABLES = "clinical_tables_3"


@dataclass(frozen=True, slots=True)
class CodesSeen:
    """Asks for the codes that the published data uses, each once in `confirm_every`, at most so many in one tick.

    `list_name` is their list in `codes_seen.json`, `format` the shape that a code must have to be asked for at all.
    """

    list_name: str
    format: str
    confirm_every: timedelta
    at_most: int


@dataclass(frozen=True, slots=True)
class DeclaredQueries:
    """Asks the same queries each time; only all of them together are the set."""

    queries: tuple[str, ...]
    every: timedelta


@dataclass(frozen=True, slots=True)
class ApiQueries:
    """Answers of an API at a path of its origin."""

    api: CodeApi
    path: str
    asks: CodesSeen | DeclaredQueries


@dataclass(frozen=True, slots=True)
class CodeSet:
    """One file of metadata/code_sets. `origin` names a base URL in the setting RCM_CODE_ORIGINS."""

    code_set_id: str
    title: str
    active: bool
    origin: str
    target_source: str
    refresh: ReleaseCalendar | ApiQueries
