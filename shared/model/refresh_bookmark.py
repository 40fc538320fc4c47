"""What of a code set was brought last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from shared.model.commit import BOOKMARKS, Row
from shared.model.instant import from_wire, to_wire

KEY = "refresh"
CODE_PREFIX = "code-"


@dataclass(frozen=True, slots=True)
class RefreshBookmark:
    """`edition` is the first day of the edition that landed last, "" where there are none; `digest` is its hash."""

    code_set_id: str
    edition: str = ""
    digest: str = ""
    done_at: datetime | None = None

    @classmethod
    def from_row(cls, code_set_id: str, row: Row | None) -> Self:
        if row is None:
            return cls(code_set_id)
        values: Mapping[str, Any] = row.values
        return cls(code_set_id, values["edition"], values["digest"], from_wire(values["done_at"]))

    @staticmethod
    def row(code_set_id: str, edition: str, digest: str, done_at: datetime) -> Row:
        values = {"edition": edition, "digest": digest, "done_at": to_wire(done_at)}
        return Row(BOOKMARKS, bookmark_partition(code_set_id), KEY, values)


def confirmed_row(code_set_id: str, code: str, on: date) -> Row:
    """That a code was asked for, and when."""
    return Row(BOOKMARKS, bookmark_partition(code_set_id), f"{CODE_PREFIX}{code}", {"confirmed_on": on.isoformat()})


def bookmark_partition(code_set_id: str) -> str:
    return f"code-set-{code_set_id}"
