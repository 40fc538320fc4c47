"""How far the pulls of an extract have come, and the pull that is under way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from shared.model.commit import BOOKMARKS, Row
from shared.model.instant import from_wire, to_wire

KEY = "pull"


@dataclass(frozen=True, slots=True)
class PullIntent:
    """A pull that was decided before anything of it was done: a crash repeats the same file with the same bounds."""

    at: datetime
    until: str = ""


@dataclass(frozen=True, slots=True)
class PullBookmark:
    """`reached`: the watermark before which all rows have landed; `digest`: hash of those that are read again."""

    extract_id: str
    reached: str = ""
    digest: str = ""
    done_at: datetime | None = None
    intent: PullIntent | None = None

    @classmethod
    def from_row(cls, extract_id: str, row: Row | None) -> Self:
        if row is None:
            return cls(extract_id)
        values: Mapping[str, Any] = row.values
        return cls(
            extract_id,
            reached=values.get("reached", ""),
            digest=values.get("digest", ""),
            done_at=from_wire(values["done_at"]) if "done_at" in values else None,
            intent=PullIntent(from_wire(values["intent_at"]), values["intent_until"])
            if "intent_at" in values
            else None,
        )

    def row(self) -> Row:
        values = {"reached": self.reached, "digest": self.digest}
        if self.done_at is not None:
            values["done_at"] = to_wire(self.done_at)
        if self.intent is not None:
            values |= {"intent_at": to_wire(self.intent.at), "intent_until": self.intent.until}
        return Row(BOOKMARKS, bookmark_partition(self.extract_id), KEY, values)

    def intending(self, intent: PullIntent) -> Self:
        return replace(self, intent=intent)

    def finished(self, intent: PullIntent, digest: str) -> Self:
        """The pull is done and its file durable, or there was nothing to bring."""
        return replace(self, reached=intent.until, digest=digest, done_at=intent.at, intent=None)


def bookmark_partition(extract_id: str) -> str:
    return f"extract-{extract_id}"
