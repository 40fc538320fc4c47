"""Looks up the codes that the published data uses."""

from collections.abc import Iterable
from datetime import date
from functools import partial

from shared.errors import RequestRefusedError
from shared.flows.bring_records import bring_records
from shared.flows.read_published import current_edition, published_document
from shared.model.code_set import ApiQueries, CodeSet, CodesSeen
from shared.model.commit import BOOKMARKS
from shared.model.refresh_bookmark import CODE_PREFIX, bookmark_partition, confirmed_row
from shared.pipeline.code_apis.look_up import look_up_code
from shared.pipeline.codes_due import codes_due
from shared.ports import Ports

NOT_DUE, NOTHING_NEW, LANDED = "not_due", "nothing_new", "landed"
CODES_SEEN = "codes_seen.json"


def confirm_codes_seen(ports: Ports, code_set: CodeSet, queries: ApiQueries, asks: CodesSeen) -> str:
    """Looks up the codes that are due, all of them or none; each counts as confirmed once the file is durable."""
    today = ports.clock.now().date()
    codes = codes_due(asks, _codes_seen(ports, asks.list_name), _confirmed(ports, code_set), today)
    if not codes:
        return NOT_DUE
    get = partial(ports.code_apis.get, code_set.origin, queries.path)
    records = [record for code in codes for record in look_up_code(queries.api, get, code, today)]
    if records:
        bring_records(ports, ports.metadata.sources[code_set.target_source], today, records)
    for code in codes:
        ports.ledger.put(confirmed_row(code_set.code_set_id, code, today))
    return LANDED if records else NOTHING_NEW


def _codes_seen(ports: Ports, list_name: str) -> Iterable[str]:
    """What the lakehouse published last; nothing before it published anything."""
    try:
        edition = current_edition(ports)
        document = published_document(ports, str(edition["edition"]), CODES_SEEN)
    except RequestRefusedError:
        return ()
    return map(str, document.get(list_name, ()))


def _confirmed(ports: Ports, code_set: CodeSet) -> dict[str, date]:
    rows = ports.ledger.scan(
        BOOKMARKS, bookmark_partition(code_set.code_set_id), CODE_PREFIX, CODE_PREFIX + "\N{TILDE}"
    )
    return {row.key.removeprefix(CODE_PREFIX): date.fromisoformat(str(row.values["confirmed_on"])) for row in rows}
