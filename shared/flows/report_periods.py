"""report_periods: how the accounting periods stand: what the newest edition says of each, and who signed it."""

from collections.abc import Iterator, Mapping

from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition, published_document
from shared.metadata import Metadata
from shared.model.commit import PERIODS
from shared.model.period import LOCKS, Lock, lock_key
from shared.pipeline.read_signature import check_period
from shared.pipeline.sign_period import Published, describe_period
from shared.ports import Ports

CLOSE = "close.json"
ACCOUNTS = "account"
FILTERS = frozenset({"hospital"})
SUMMARY = ("hospital", "period", "status", "ties_out", "signed")


def list_periods(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """Every period of the newest edition, and every signed one, by hospital and month: status, who and when."""
    if query.keys() - FILTERS - {"code"}:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(sorted(FILTERS))}")
    edition = current_edition(ports)
    published = published_periods(ports, str(edition["edition"]))
    names = sorted({*hospitals(ports.metadata), *published})
    wanted = [name for name in names if query.get("hospital", name) == name]
    periods = [each for name in wanted for each in _periods_of(ports, name, published.get(name, {}))]
    return {**edition, "periods": [{key: each[key] for key in SUMMARY if key in each} for each in periods]}


def show_period(ports: Ports, hospital: str, period: str) -> dict[str, object]:
    """A period with its tie-out, books, restated view and variance. 404 where nobody knows it."""
    check_period(hospital, period)
    edition = current_edition(ports)
    published = published_periods(ports, str(edition["edition"])).get(hospital, {}).get(period)
    lock = find_lock(ports, hospital, period)
    if not published and not lock:
        raise RequestRefusedError("unknown_period", status=404)
    return {**edition, **describe_period(hospital, period, published, lock)}


def published_periods(ports: Ports, edition: str) -> dict[str, dict[str, Published]]:
    """The periods of an edition by hospital and month; none where no account ledger is fed."""
    try:
        document = published_document(ports, edition, CLOSE)
    except RequestRefusedError:
        return {}
    found: dict[str, dict[str, Published]] = {}
    for each in document["periods"]:
        found.setdefault(each["hospital"], {})[each["period"]] = each
    return found


def signed_periods(ports: Ports, hospital: str) -> dict[str, Lock]:
    """The locks of a hospital by month."""
    rows = ports.ledger.scan(PERIODS, hospital, LOCKS, f"{LOCKS}~")
    return {lock.period: lock for lock in map(Lock.from_row, rows)}


def closed_periods(ports: Ports) -> list[dict[str, str]]:
    """All locks as a run's manifest tells them."""
    return [lock.in_manifest() for name in hospitals(ports.metadata) for lock in signed_periods(ports, name).values()]


def find_lock(ports: Ports, hospital: str, period: str) -> Lock | None:
    """The lock of a period, None while it is open."""
    row = ports.ledger.get(PERIODS, hospital, lock_key(period))
    return Lock.from_row(row) if row else None


def hospitals(metadata: Metadata) -> list[str]:
    """Who keeps an account ledger: the origins that send accounts."""
    return sorted({source.origin for source in metadata.sources.values() if source.silver.noun == ACCOUNTS})


def _periods_of(ports: Ports, hospital: str, published: Mapping[str, Published]) -> Iterator[dict[str, object]]:
    locks = signed_periods(ports, hospital)
    for period in sorted(published.keys() | locks.keys()):
        yield describe_period(hospital, period, published.get(period), locks.get(period))
