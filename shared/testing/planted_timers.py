"""Bugs to plant in the timers, and the functions with one guard taken away that they put in the real ones' places."""

from typing import Any

from shared.flows import anchor_audit, extract_emr, refresh_edition
from shared.flows.bring_records import bring_records
from shared.model.anchor import Anchor, anchor_hash
from shared.model.refresh_bookmark import RefreshBookmark
from shared.pipeline.merkle import merkle_root
from shared.pipeline.plan_pull import table_query
from shared.ports import Ports
from shared.testing.planted_bug import PlantedBug


def carry_out_after_the_watermark(ports: Ports, extract: Any, query: Any, bookmark: Any, intent: Any) -> Any:
    """The bookmark says that all has landed, then the file is written."""
    ports.ledger.put(bookmark.finished(intent, "").row())
    return REAL_CARRY_OUT(ports, extract, query, bookmark, intent)


REAL_CARRY_OUT = extract_emr._carry_out


def pull_at_once(ports: Ports, extract: Any) -> str:
    """Each try decides anew, so that a try after a crash leaves a second file."""
    query = table_query(extract, ports.metadata.sources[extract.target_source])
    bookmark, stored = extract_emr._bookmark(ports, extract)
    intent = extract_emr._intend(ports, extract, query, bookmark)
    if intent is None:
        return extract_emr.NOT_DUE
    digest, outcome = REAL_CARRY_OUT(ports, extract, query, bookmark, intent)
    extract_emr._keep(ports, bookmark.finished(intent, digest), stored)
    return outcome


def bring_after_the_bookmark(ports: Ports, source: Any, day: Any, records: Any, known: str = "") -> str:
    """The code set counts as refreshed, then its file is written."""
    ports.ledger.put(RefreshBookmark.row("hcpcs", day.isoformat(), "early", ports.clock.now()))
    return REAL_BRING(ports, source, day, records, known)


REAL_BRING = bring_records


def write_unreserved(ports: Ports, now: Any, marks: Any) -> bool:
    """The next number is guessed from what is there; its row is written afterwards."""
    last = next(anchor_audit.reservations(ports), anchor_audit.Reservation(0, now))
    mine = anchor_audit.Reservation(last.number + 1, max(now, last.at))
    before = anchor_audit._text(ports, last) if last.number else ""
    root = merkle_root([mark.text() for mark in marks])
    anchor = Anchor(mine.number, mine.at, anchor_hash(before or ""), root, marks)
    ports.files.create("anchors", anchor.name, anchor.text().encode())
    ports.ledger.put(mine.row())
    return True


PLANTED_TIMERS = (
    PlantedBug(
        "watermark_before_file",
        "a pull counts as done before its file is durable",
        ((extract_emr, "_carry_out", carry_out_after_the_watermark),),
        is_of_timers=True,
    ),
    PlantedBug(
        "pull_without_intent",
        "a pull is not decided before it is carried out",
        ((extract_emr, "_pull", pull_at_once),),
        is_of_timers=True,
    ),
    PlantedBug(
        "edition_before_file",
        "an edition counts as brought before its file is durable",
        ((refresh_edition, "bring_records", bring_after_the_bookmark),),
        is_of_timers=True,
    ),
    PlantedBug(
        "anchor_not_reserved",
        "an anchor's number is not reserved before it is written",
        ((anchor_audit, "_write", write_unreserved),),
        is_of_timers=True,
    ),
)
