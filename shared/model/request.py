"""A person's request to reprocess or withdraw what arrived: what it names, who asked, how far it has come."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from shared.model.commit import REQUESTS, Row, StoredRow
from shared.model.instant import from_wire, to_wire

OPEN = "open"
KEYS = "key"


class RequestKind(StrEnum):
    """What is asked for."""

    REPROCESS = "reprocess"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which file versions: exactly one way of naming them is filled. Dates are days of arrival, inclusive."""

    file_version_ids: tuple[str, ...] = ()
    path_prefix: str = ""
    source_id: str = ""
    first_day: date | None = None
    last_day: date | None = None
    databricks_run: str = ""
    is_release: bool = False

    def text(self) -> str:
        """Canonical JSON, equal for equal selections."""
        return json.dumps(asdict(self), sort_keys=True, default=str)

    @classmethod
    def from_text(cls, text: str) -> Self:
        said = json.loads(text)
        days = {name: date.fromisoformat(said[name]) if said[name] else None for name in ("first_day", "last_day")}
        return cls(**{**said, **days, "file_version_ids": tuple(said["file_version_ids"])})


@dataclass(frozen=True, slots=True)
class Request:
    """An accepted request: `target_count` file versions were looked at so far, `raised_count` got a new generation.

    `reached` is the place of the last of them: others may leave a listing or enter it meanwhile.
    """

    request_id: str
    kind: RequestKind
    selection: Selection
    caller: str
    accepted_at: datetime
    is_done: bool = False
    target_count: int = 0
    raised_count: int = 0
    reached: str = ""

    @property
    def day(self) -> str:
        return f"{self.accepted_at:%Y-%m-%d}"

    def row(self) -> Row:
        """The request in the partition of its day."""
        values = {
            "kind": self.kind.value,
            "selection": self.selection.text(),
            "caller": self.caller,
            "accepted_at": to_wire(self.accepted_at),
            "is_done": self.is_done,
            "target_count": self.target_count,
            "raised_count": self.raised_count,
            "reached": self.reached,
        }
        return Row(REQUESTS, self.day, self.request_id, values)

    def open_row(self) -> Row:
        """Its place in the line of what is not done: requests have their turn as they were accepted."""
        return Row(REQUESTS, OPEN, self.request_id, {"day": self.day, "accepted_at": to_wire(self.accepted_at)})

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        values: Mapping[str, Any] = row.values
        return cls(
            request_id=row.key,
            kind=RequestKind(values["kind"]),
            selection=Selection.from_text(values["selection"]),
            caller=values["caller"],
            accepted_at=from_wire(values["accepted_at"]),
            is_done=values["is_done"],
            target_count=values["target_count"],
            raised_count=values["raised_count"],
            reached=values.get("reached", ""),
        )

    def went_on(self, targets: int, raised: int, reached: str, is_done: bool) -> Self:
        """The request after some more of its targets."""
        return replace(
            self,
            target_count=self.target_count + targets,
            raised_count=self.raised_count + raised,
            reached=reached,
            is_done=is_done,
        )


def request_id(caller: str, idempotency_key: str) -> str:
    """32 hex digits; keys are scoped to their caller."""
    return sha256(f"{caller}\x1f{idempotency_key}".encode()).hexdigest()[:32]
