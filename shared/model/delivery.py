"""What one file means among the files of its source."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


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
