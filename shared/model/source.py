"""A source: one feed of one facility, payer or publisher, as its metadata describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared.model.file_format import FileFormat
from shared.model.path_pattern import PathPattern


class DeliveryKind(StrEnum):
    """What a second file of a source means."""

    FULL = "full"
    DELTA = "delta"
    PERIOD = "period"
    APPEND = "append"


class DuplicateContent(StrEnum):
    """What becomes of bytes that came before."""

    SKIP = "skip"
    INGEST = "ingest"


class Normalisation(StrEnum):
    """How silver evens out the spelling of a value."""

    UPPER = "upper"
    LOWER = "lower"
    STRIP = "strip"


@dataclass(frozen=True, slots=True)
class ByPath:
    """Said by the path: the name of a placeholder."""

    name: str


@dataclass(frozen=True, slots=True)
class ByColumn:
    """Said by each record: the name of a column, cut to the month where `truncate` says so."""

    name: str
    truncate: str = ""


@dataclass(frozen=True, slots=True)
class ByArrival:
    """Said by nobody: the order in which the files came."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """The meaning of one file among the files of its source."""

    kind: DeliveryKind
    ordered_by: ByPath | ByColumn | ByArrival
    period: ByPath | ByColumn | None = None
    hold_below_share: Decimal | None = None
    duplicate_content: DuplicateContent = DuplicateContent.SKIP

    @property
    def skips_duplicate_content(self) -> bool:
        return self.duplicate_content is DuplicateContent.SKIP

    @property
    def as_of_name(self) -> str:
        """The placeholder of the path that dates a delivery, "" where the path does not."""
        return self.ordered_by.name if isinstance(self.ordered_by, ByPath) else ""

    @property
    def period_name(self) -> str:
        """The placeholder of the path that names the period, "" where the path does not."""
        return self.period.name if isinstance(self.period, ByPath) else ""


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

    @property
    def origin(self) -> str:
        """The facility, payer or publisher: the namespace of the ids in this source's records."""
        return self.source_id.partition("__")[0]
