"""Which published figures move if a file is withdrawn, and by how much: reckoned by the lakehouse, read here."""

import re
import zlib
from collections.abc import Mapping

from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition
from shared.flows.read_trace import trace_document, traced_files
from shared.pipeline.moved_figure import NAMED, moved_figure
from shared.pipeline.read_trace_query import read_page
from shared.ports import Ports

FILE_VERSION = re.compile(r"[0-9a-f]{64}")
CHANGES = ("numerator", "denominator", "numerator_change", "denominator_change", "multiplier", "unit")


def show_impact(ports: Ports, file_version_id: str, query: Mapping[str, str]) -> dict[str, object]:
    """A page of the figures that would be others, each before and after; those of whole hospitals come first.

    `ceases`: KPIs that would be refused, or stand on another basis, because no other file feeds them. `not_told`:
    relations on which the file may decide in ways that are not reckoned. 404 where nothing of the file stands in the
    newest edition.
    """
    from shared.pipeline.find_rows import page_of, rows_where

    if not FILE_VERSION.fullmatch(file_version_id):
        raise RequestRefusedError("bad_file_version_id", "64 hex digits")
    start, limit = read_page(query)
    edition = current_edition(ports)
    traced = trace_document(ports, str(edition["token"]))
    if not traced["impact_files"]:
        raise RequestRefusedError("not_reckoned", "told where an account ledger is fed", status=404)
    place = f"part={zlib.crc32(file_version_id.encode()) % int(traced['impact_files'])}"
    only = {"file_version_id": file_version_id}
    with traced_files(ports, traced["trace_id"], "impact_file", place) as files:
        file = next(rows_where(files, only), None)
    if file is None:
        raise RequestRefusedError("not_in_edition", status=404)
    with traced_files(ports, traced["trace_id"], "impact", place) as files:
        page = page_of(files, "numerator_change", only, (*NAMED, *CHANGES), start, limit)
    following = start + len(page.rows)
    return {
        **edition,
        **{name: file[name] for name in ("file_version_id", "generation", "source_id", "not_told", "ceases")},
        "figure_count": page.row_count,
        "figures": [moved_figure(row) for row in page.rows],
        **({"next_page": str(following)} if following < page.row_count else {}),
    }
