"""What is read of a table, without a word of SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class WatermarkType(StrEnum):
    """What the watermark column holds: days, or instants in the database's own clock."""

    DATE = "date"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class WatermarkRange:
    """Rows from `since` (inclusive) to before `until`, ISO text, "" for no bound; `unmarked` rows have no watermark."""

    column: str
    type: WatermarkType
    since: str = ""
    until: str = ""
    unmarked: bool = False


@dataclass(frozen=True, slots=True)
class TableQuery:
    """What is read of a table. Names are identifiers of the metadata's grammar: no SQL is ever composed of text."""

    connection: str
    table: str
    columns: tuple[str, ...]
    order_by: tuple[str, ...]
    where: Mapping[str, str | int | bool]
    watermark: WatermarkRange | None = None
