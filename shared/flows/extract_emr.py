"""extract_emr: tables of the hospitals' EMR databases, pulled into landing; the line takes over from there."""

import csv
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from datetime import datetime
from functools import partial
from hashlib import sha256
from io import StringIO
from itertools import chain

from shared.flows.bring_each import bring_each
from shared.model.commit import BOOKMARKS, StoredRow
from shared.model.extract import Extract, FullPull
from shared.model.file_version import LANDING
from shared.model.pull_bookmark import KEY, PullBookmark, PullIntent, bookmark_partition
from shared.model.source import SourceDefinition
from shared.model.table_query import TableQuery
from shared.pipeline.due import is_due
from shared.pipeline.name_file import name_file
from shared.pipeline.plan_pull import PullPlan, latest_query, plan_pull, table_query, watermark_after
from shared.ports import Ports

NOT_DUE, LOST_RACE, NOTHING_NEW, LANDED = "not_due", "lost_race", "nothing_new", "landed"


def extract_emr(ports: Ports) -> None:
    """Pulls every active extract that is due. TransientError at the end when one of them failed."""
    active = ((name, extract) for name, extract in ports.metadata.extracts.items() if extract.active)
    bring_each("extract_id", active, partial(_pull, ports))


def _pull(ports: Ports, extract: Extract) -> str:
    """Decides, commits the decision, carries it out: a pull that a crash cut short is carried out as it was decided."""
    query = table_query(extract, ports.metadata.sources[extract.target_source])
    bookmark, stored = _bookmark(ports, extract)
    if bookmark.intent is None:
        intent = _intend(ports, extract, query, bookmark)
        if intent is None:
            return NOT_DUE
        if not _keep(ports, bookmark.intending(intent), stored):
            return LOST_RACE
        bookmark, stored = _bookmark(ports, extract)
    if bookmark.intent is None:
        return LOST_RACE
    digest, outcome = _carry_out(ports, extract, query, bookmark, bookmark.intent)
    return outcome if _keep(ports, bookmark.finished(bookmark.intent, digest), stored) else LOST_RACE


def _intend(ports: Ports, extract: Extract, query: TableQuery, bookmark: PullBookmark) -> PullIntent | None:
    """What this tick pulls, or None when it is not due."""
    now = ports.clock.now()
    if isinstance(extract.pull, FullPull):
        return PullIntent(now) if is_due(extract.pull.every, bookmark.done_at, now) else None
    if bookmark.done_at and _stamp(now) <= _stamp(bookmark.done_at):
        return None  # its file would have the name of the last one, and take its place
    latest = ports.emr.latest(latest_query(query, extract.pull, now))
    return PullIntent(now, watermark_after(extract.pull, latest, bookmark.reached))


def _carry_out(
    ports: Ports, extract: Extract, query: TableQuery, bookmark: PullBookmark, intent: PullIntent
) -> tuple[str, str]:
    """The digest of the recent rows, and whether there was anything to bring."""
    if isinstance(extract.pull, FullPull):
        plan = PullPlan(settled=None, recent=query, is_idle=False)
    else:
        plan = plan_pull(query, extract.pull, bookmark.reached, intent.until)
    if plan.is_idle and _digest(ports.emr.read(plan.recent)) == bookmark.digest:
        return bookmark.digest, NOTHING_NEW
    source = ports.metadata.sources[extract.target_source]
    return _land(ports, source, name_file(source.path_pattern, intent.at.date(), _stamp(intent.at)), plan)


def _stamp(at: datetime) -> str:
    """What tells the files of an extract apart: one pull in a second."""
    return f"{at:%Y%m%dT%H%M%SZ}"


def _digest(chunks: Iterable[bytes]) -> str:
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _land(ports: Ports, source: SourceDefinition, path: str, plan: PullPlan) -> tuple[str, str]:
    """Streams the rows into a file in landing; where there are none, none is made."""
    recent = sha256()
    with closing(_chunks(ports, plan, recent.update)) as chunks:
        first = next(chunks, None)
        if first is None:
            return recent.hexdigest(), NOTHING_NEW
        with ports.files.stage(LANDING, path) as sink:
            for chunk in chain((_header(source.columns), first), chunks):
                sink.write(chunk)
    return recent.hexdigest(), LANDED


def _chunks(ports: Ports, plan: PullPlan, digest: Callable[[bytes], object]) -> Generator[bytes]:
    """The rows of a plan in the order of the file; `digest` is told those that the next pull reads again."""
    if plan.settled:
        yield from ports.emr.read(plan.settled)
    for chunk in ports.emr.read(plan.recent):
        digest(chunk)
        yield chunk


def _header(columns: tuple[str, ...]) -> bytes:
    line = StringIO()
    csv.writer(line, lineterminator="\n").writerow(columns)
    return line.getvalue().encode()


def _bookmark(ports: Ports, extract: Extract) -> tuple[PullBookmark, StoredRow | None]:
    stored = ports.ledger.get(BOOKMARKS, bookmark_partition(extract.extract_id), KEY)
    return PullBookmark.from_row(extract.extract_id, stored), stored


def _keep(ports: Ports, bookmark: PullBookmark, stored: StoredRow | None) -> bool:
    """Writes the bookmark over what was read; False when somebody else moved it."""
    row = bookmark.row()
    return ports.ledger.insert(row) if stored is None else ports.ledger.replace(row, stored.etag)
