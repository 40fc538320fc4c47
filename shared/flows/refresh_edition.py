"""Brings the newest edition of a code set that its publisher has."""

from datetime import datetime

from shared.errors import FileGoneError, PermanentError
from shared.flows.bring_records import bring_records
from shared.model.code_set import CodeSet, ReleaseCalendar
from shared.model.commit import BOOKMARKS
from shared.model.refresh_bookmark import KEY, RefreshBookmark, bookmark_partition
from shared.pipeline.due import is_due
from shared.pipeline.editions import Edition, editions_up_to
from shared.pipeline.read_release import read_release
from shared.ports import Ports

NOT_DUE, NOTHING_NEW, LANDED = "not_due", "nothing_new", "landed"


def refresh_edition(ports: Ports, code_set: CodeSet, calendar: ReleaseCalendar) -> str:
    """Looks from the newest edition back to the one that landed last; that one is fetched again from time to time.

    A set far smaller than the last lands too: its source's `hold_below_share` has the line hold it for a person.
    PermanentError when no edition can be found at all.
    """
    stored = ports.ledger.get(BOOKMARKS, bookmark_partition(code_set.code_set_id), KEY)
    bookmark = RefreshBookmark.from_row(code_set.code_set_id, stored)
    now = ports.clock.now()
    for edition in editions_up_to(calendar, now.date()):
        is_known = edition.effective.isoformat() == bookmark.edition
        if is_known and not is_due(calendar.look_again, bookmark.done_at, now):
            return NOT_DUE
        try:
            archive = ports.code_apis.get(code_set.origin, edition.path, {})
        except FileGoneError:
            if is_known:
                break
            continue
        return _bring(ports, code_set, calendar, edition, archive, bookmark.digest if is_known else "", now)
    raise PermanentError("no_edition", "the publisher has none at the paths of the metadata")


def _bring(
    ports: Ports,
    code_set: CodeSet,
    calendar: ReleaseCalendar,
    edition: Edition,
    archive: bytes,
    known: str,
    now: datetime,
) -> str:
    source = ports.metadata.sources[code_set.target_source]
    digest = bring_records(ports, source, edition.effective, read_release(archive, calendar), known)
    ports.ledger.put(RefreshBookmark.row(code_set.code_set_id, edition.effective.isoformat(), digest, now))
    return NOTHING_NEW if digest == known else LANDED
