"""Reads the query of a listing: filters and the page to go on from.

No filter takes a landing path: it may carry PHI, and hosts and proxies keep URLs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.errors import RequestRefusedError
from shared.model.ingestion import Status

MOST = 500
KNOWN = frozenset({"source_id", "status", "day", "limit", "page"})
SOURCE_ID = re.compile(r"[a-z0-9_]{1,128}")
PAGE = re.compile(r"[a-z0-9_.-]{1,120}!\d{15}-[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ListingQuery:
    """What to list. `page` is `<partition>!<row key>` to start after, "" for the beginning."""

    source_id: str = ""
    status: str = ""
    day: str = ""
    limit: int = 50
    page: str = ""

    def wants(self, values: Mapping[str, object]) -> bool:
        """Whether a listing row passes the filters."""
        return (
            self.source_id in ("", values.get("source_id"))
            and self.status in ("", values.get("status"))
            and str(values.get("arrived_at", "")).startswith(self.day)
        )


def read_query(query: Mapping[str, str]) -> ListingQuery:
    """The filters. RequestRefusedError names what is wrong; it never quotes it."""
    unknown = sorted(query.keys() - KNOWN - {"code"})
    if unknown:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(sorted(KNOWN))}")
    if query.get("status") and query["status"] not in {status.value for status in Status}:
        raise RequestRefusedError("unknown_status", f"known are {', '.join(sorted(Status))}")
    if query.get("source_id") and not SOURCE_ID.fullmatch(query["source_id"]):
        raise RequestRefusedError("bad_source_id", "a source is named <origin>__<noun>")
    if query.get("page") and not PAGE.fullmatch(query["page"]):
        raise RequestRefusedError("bad_page", "take next_page of the answer before")
    return ListingQuery(
        source_id=query.get("source_id", ""),
        status=query.get("status", ""),
        day=_day(query.get("day", "")),
        limit=_limit(query.get("limit", "50")),
        page=query.get("page", ""),
    )


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        raise RequestRefusedError("bad_day", "a day as yyyy-mm-dd") from None


def _limit(text: str) -> int:
    if not re.fullmatch(r"\d{1,4}", text) or not 1 <= int(text) <= MOST:
        raise RequestRefusedError("bad_limit", f"1 to {MOST}")
    return int(text)
