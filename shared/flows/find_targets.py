"""Which file versions a request means, in a fixed order: looked up in the ledger and its listings, never in a store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from shared.errors import FileGoneError, RequestRefusedError
from shared.flows.commit_run import manifest_keys, recorded_run
from shared.model.commit import LISTING
from shared.model.databricks_run import DatabricksRun
from shared.model.request import Selection
from shared.pipeline.listing import newest_first, source_partition
from shared.ports import Ports

FIRST_DAY = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Target:
    """A file version that a request means. `place` says where it stands among the others, whatever becomes of those."""

    file_version_id: str
    place: str


def find_targets(ports: Ports, selection: Selection, after: str = "") -> Iterator[Target]:
    """The targets behind a place, all for "". RequestRefusedError (404) for a source or run that nobody knows."""
    if selection.file_version_ids:
        return _named(selection.file_version_ids, after)
    if selection.databricks_run:
        return _named(_of_run(ports, selection.databricks_run), after)
    if selection.source_id:
        if selection.source_id not in ports.metadata.sources:
            raise RequestRefusedError("unknown_source", status=404)
        return _of_source(ports, selection, selection.source_id, after)
    return _of_path(ports, selection, after)


def _named(file_version_ids: Sequence[str], after: str) -> Iterator[Target]:
    numbered = enumerate(file_version_ids, 1)
    return (Target(name, str(number)) for number, name in numbered if number > int(after or 0))


def _of_run(ports: Ports, token: str) -> list[str]:
    for databricks_job in ports.settings.databricks_jobs:
        run = recorded_run(ports, databricks_job, token)
        if run:
            return _members(ports, run)
    raise RequestRefusedError("unknown_databricks_run", status=404)


def _members(ports: Ports, run: DatabricksRun) -> list[str]:
    try:
        return list(dict.fromkeys(file_version_id for file_version_id, _ in manifest_keys(ports, run)))
    except FileGoneError:
        raise RequestRefusedError("manifest_gone", status=404) from None


def _of_path(ports: Ports, selection: Selection, after: str) -> Iterator[Target]:
    """By source; last those that no source claims: a reprocess may move them to one that has been looked at."""
    reached = after.partition("!")[0]
    for source_id in (*sorted(ports.metadata.sources), ""):
        if not after or (source_id == "", source_id) >= (reached == "", reached):
            yield from _of_source(ports, selection, source_id, after)


def _of_source(ports: Ports, selection: Selection, source_id: str, after: str) -> Iterator[Target]:
    """Newest first; days are UTC days of arrival, both included."""
    start = datetime.combine(selection.first_day, time(), UTC) if selection.first_day else FIRST_DAY
    end = datetime.combine(selection.last_day, time(), UTC) + timedelta(days=1) if selection.last_day else None
    reached, _, key = after.partition("!")
    first = f"{key}~" if key and reached == source_id else newest_first(end, "") if end else ""
    for row in ports.ledger.scan(LISTING, source_partition(source_id), first, newest_first(start, "~")):
        if str(row.values["path"]).startswith(selection.path_prefix):
            yield Target(str(row.values["file_version_id"]), f"{source_id}!{row.key}")
