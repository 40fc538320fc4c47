"""Reads what the lakehouse published last: the newest pointer, and what stands behind it."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from shared.errors import FileGoneError, RequestRefusedError
from shared.ports import Ports

PUBLISHED = "published"
HIDDEN = ("_", ".")
PATIENT_PAY_FILTERS = ("hospital", "factor", "member", "outcome")
KPI_FILTERS = ("kpi_id", "hospital", "period", "as_of")
SLICE_FILTERS = ("dimension", "member")
AMOUNTS = ("value", "numerator", "denominator")


def current_edition(ports: Ports) -> Mapping[str, Any]:
    """`{"edition", "token", "published_at"}`; RequestRefusedError 404 while nothing is published.

    Each publication added a pointer named by its instant, `current/<instant>/…`: the last name is the newest.
    """
    for name in sorted(_written(ports, "current/"), reverse=True):
        said = _json(ports, name)
        if isinstance(said, dict):
            return said
    raise RequestRefusedError("nothing_published", status=404)


def published_document(ports: Ports, edition: str, name: str) -> Any:
    """A JSON document of an edition (`kpis.json`, `tables.json`), whether one blob or the part files of a writer."""
    for part in _written(ports, f"{edition}/{name}"):
        said = _json(ports, part)
        if said is not None:
            return said
    raise RequestRefusedError("not_published", status=404)


def list_kpis(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """The KPI rows of the current edition that pass the filters, and what `refused` there for want of which feeds.

    They are of whole hospitals; with a `dimension` they are of its members instead, of one KPI, which must be named.
    Amounts and shares are decimal text.
    """
    _check_filters(query, (*KPI_FILTERS, *SLICE_FILTERS))
    edition = current_edition(ports)
    document = published_document(ports, str(edition["edition"]), "kpis.json")
    filters = {name: query[name] for name in (*KPI_FILTERS, *SLICE_FILTERS) if name in query}
    is_sliced = any(name in filters for name in SLICE_FILTERS)
    rows = _slices(ports, str(edition["edition"]), query) if is_sliced else document["kpis"]
    of_whom = {name: wanted for name, wanted in filters.items() if name in ("kpi_id", "hospital")}
    return {**edition, "kpis": _passing(rows, filters), "refused": _passing(document["refused"], of_whom)}


def _slices(ports: Ports, edition: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
    """The rows of a KPI by payer, department, provider and service line: a line of JSON each, amounts as text."""
    if "dimension" not in query or not (kpi_id := query.get("kpi_id", "")):
        raise RequestRefusedError("slice_of_what", "a slice has a kpi_id and a dimension")
    for part in _written(ports, f"{edition}/kpi_slices/kpi_id={kpi_id}/"):
        for line in b"".join(ports.files.read(PUBLISHED, part)).splitlines():
            row = json.loads(line)
            amounts = {name: _plain(row[name]) if name in row else None for name in AMOUNTS}
            yield {"kpi_id": kpi_id, **row, **amounts}


def _plain(amount: str) -> str:
    return format(Decimal(amount).normalize(), "f")


def _check_filters(query: Mapping[str, str], known: Collection[str]) -> None:
    if query.keys() - {*known, "code"}:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(known)}")


def _passing(rows: Iterable[Mapping[str, Any]], filters: Mapping[str, str]) -> list[Mapping[str, Any]]:
    return [row for row in rows if all(str(row.get(name)) == wanted for name, wanted in filters.items())]


def list_patient_pay(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """Why patients pay late or not at all, of the current edition: rates with their 95 % interval, counts as such."""
    _check_filters(query, PATIENT_PAY_FILTERS)
    edition = current_edition(ports)
    document = published_document(ports, str(edition["edition"]), "patient_pay.json")
    return {**edition, "rates": _passing(document["rates"], {k: query[k] for k in PATIENT_PAY_FILTERS if k in query})}


def list_tables(ports: Ports) -> dict[str, object]:
    """`tables` of the current edition with their row counts, and per source where the records of its log are."""
    edition = current_edition(ports)
    return {**edition, **published_document(ports, str(edition["edition"]), "tables.json")}


def _written(ports: Ports, prefix: str) -> Iterator[str]:
    """The blobs under a prefix that hold something: Databricks leaves files of its own beside them, some of JSON."""
    names = (blob.name for blob in ports.files.list(PUBLISHED, prefix))
    return (name for name in names if not name.rpartition("/")[2].startswith(HIDDEN))


def _json(ports: Ports, name: str) -> Any:
    """The JSON in a blob; None for the empty part files that writers leave."""
    try:
        return json.loads(b"".join(ports.files.read(PUBLISHED, name)))
    except (ValueError, FileGoneError):
        return None
