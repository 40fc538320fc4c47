"""Brings all that an API answers to a declared set of queries."""

from functools import partial

from shared.errors import PermanentError
from shared.flows.bring_records import bring_records
from shared.model.code_set import ApiQueries, CodeSet, DeclaredQueries
from shared.model.commit import BOOKMARKS
from shared.model.refresh_bookmark import KEY, RefreshBookmark, bookmark_partition
from shared.pipeline.code_apis.look_up import DIALECTS, look_up
from shared.pipeline.code_apis.page import Record
from shared.pipeline.due import is_due
from shared.ports import Ports

NOT_DUE, LANDED = "not_due", "landed"


def ask_declared(ports: Ports, code_set: CodeSet, queries: ApiQueries, asks: DeclaredQueries) -> str:
    """Asks all queries of the set; one that fails fails them all, and the set that landed last stays in force."""
    stored = ports.ledger.get(BOOKMARKS, bookmark_partition(code_set.code_set_id), KEY)
    bookmark = RefreshBookmark.from_row(code_set.code_set_id, stored)
    now = ports.clock.now()
    if not is_due(asks.every, bookmark.done_at, now):
        return NOT_DUE
    get = partial(ports.code_apis.get, code_set.origin, queries.path)
    records = [record for text in asks.queries for record in look_up(queries.api, get, text, now.date())]
    _refuse_overlap(records, DIALECTS[queries.api].key)
    digest = bring_records(ports, ports.metadata.sources[code_set.target_source], now.date(), records)
    ports.ledger.put(RefreshBookmark.row(code_set.code_set_id, "", digest, now))
    return LANDED


def _refuse_overlap(records: list[Record], key: str) -> None:
    if len({record[key] for record in records}) < len(records):
        raise PermanentError("queries_overlap", "a code is in the answers to two queries of the set")
