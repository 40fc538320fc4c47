"""One page of an API's answer, and how pages become a whole."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.errors import PermanentError, TransientError

type Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the `total` records that a query has, in the API's order."""

    total: int
    records: tuple[Record, ...]


def collect_pages(fetch: Callable[[int], Page], key: str) -> list[Record]:
    """All records of a query; `fetch` takes the offset of a page.

    TransientError where the set changed while it was read: another total, a missing page, a record that repeats.
    """
    page = fetch(0)
    total, records = page.total, list(page.records)
    while len(records) < total:
        page = fetch(len(records))
        if page.total != total:
            raise TransientError("pages_changed", "the total is another than on the first page")
        if not page.records:
            raise TransientError("pages_changed", "a page came empty before the total was reached")
        records += page.records
    if len(records) > total or len({record[key] for record in records}) < len(records):
        raise TransientError("pages_repeat", "a record came twice")
    return records


def read_json(body: bytes) -> Any:
    """The JSON of an answer; PermanentError where it is none, such as an error page with status 200."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise PermanentError("unexpected_answer", "not JSON") from None
