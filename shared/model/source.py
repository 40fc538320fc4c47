"""A source: one feed of one facility, payer or publisher, as its metadata describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from shared.model.delivery import Delivery
from shared.model.file_format import FileFormat
from shared.model.path_pattern import PathPattern
from shared.model.silver_mapping import SilverMapping


@dataclass(frozen=True, slots=True)
class Controls:
    """Totals that the sender states in the blob's metadata and that the file must agree with.

    `record_count` is the metadata key of the count of records, `sums` the metadata key of each summed column;
    `required` says that a file without them is refused too.
    """

    record_count: str | None = None
    sums: Mapping[str, str] = field(default_factory=dict)
    required: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """Every metadata key that is looked at."""
        return frozenset({*([self.record_count] if self.record_count else []), *self.sums.values()})

    @property
    def are_declared(self) -> bool:
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """Codes of a `column` are looked for in the edition in force on the record's day.

    `editions` is the source whose deliveries are the editions; the first of `dates` with a date is the record's day.
    """

    column: str
    editions: str
    dates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectedArrival:
    """How often a file is due, and how late it may be."""

    every: timedelta
    grace: timedelta


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """One file of metadata/sources, read and checked. `columns` are the record's, in the order of the record schema."""

    source_id: str
    title: str
    path_pattern: PathPattern
    format: FileFormat
    delivery: Delivery
    keys: tuple[str, ...]
    order_column: str | None
    columns: tuple[str, ...]
    record_schema: Mapping[str, Any]
    advisory_schema: Mapping[str, Any] | None
    phi_columns: frozenset[str]
    silver: SilverMapping
    controls: Controls
    expected: ExpectedArrival | None
    databricks_job: str
    code_checks: tuple[CodeCheck, ...] = ()

    @property
    def origin(self) -> str:
        """The facility, payer or publisher: the namespace of the ids in this source's records."""
        return self.source_id.partition("__")[0]
