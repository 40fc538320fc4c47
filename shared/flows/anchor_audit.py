"""anchor_audit: writes down, create-only, how far each audit chain has come that moved since the last anchor.

The row that reserves an anchor's number and name comes first, so that two at once can't both write anchor `n`; a number
whose anchor was never written is used next. The bookmark moves last: until then all is done again, and what anchors say
already is not said twice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import batched
from typing import Self

from shared import telemetry
from shared.flows.verify_audit import standing_chains
from shared.model.anchor import ANCHORS, Anchor, ChainMark, anchor_hash, anchor_name
from shared.model.commit import BOOKMARKS, HEAD, LEDGER, LISTING, Row, StoredRow
from shared.model.instant import from_wire, to_wire
from shared.pipeline.listing import day_partition
from shared.pipeline.merkle import merkle_root
from shared.pipeline.verify import audit_key
from shared.ports import Ports

ANCHORED = "anchored"
MOST_MARKS = 10_000
HIGHEST = 99_999_999
OVERLAP = timedelta(hours=2)  # a listing tells of a commit no later than that, unless services were down
FULL_OVERLAP = timedelta(days=1)  # the first round of a day finds what was listed even later
DAYS_BACK = 7
ALL_DAYS_BACK = 2_192  # six years
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Reservation:
    """The number and the instant of an anchor, and so its name."""

    number: int
    at: datetime

    @property
    def name(self) -> str:
        return anchor_name(self.number, self.at)

    def row(self) -> Row:
        """Its row: the latest number sorts first."""
        return Row(BOOKMARKS, ANCHORS, f"{HIGHEST - self.number:08d}", {"number": self.number, "at": to_wire(self.at)})

    @classmethod
    def from_row(cls, row: StoredRow) -> Self:
        return cls(int(str(row.values["number"])), from_wire(str(row.values["at"])))


@dataclass(frozen=True, slots=True)
class Reach:
    """Which changes this round has to anchor: those since `since`, of recent files or of all."""

    now: datetime
    since: datetime
    is_full: bool


def anchor_audit(ports: Ports) -> None:
    """Anchors what changed; nothing is written when nothing did.

    Looks at the standing chains and at files that arrived in the last week; with the first round of a day at files of
    six years, because a reprocess moves the chain of a file of any age.
    """
    reach = _next_reach(ports)
    marks = sorted(set(_changed(ports, reach)) - _said_already(ports, reach.since))
    for group in batched(marks, MOST_MARKS, strict=False):
        if not _write(ports, reach.now, group):
            return
        telemetry.event("audit_anchored", count=len(group))
    _remember(ports, reach)


def reservations(ports: Ports) -> Iterator[Reservation]:
    """All reservations, the latest first."""
    return (Reservation.from_row(row) for row in ports.ledger.scan(BOOKMARKS, ANCHORS))


def _next_reach(ports: Ports) -> Reach:
    now = ports.clock.now()
    row = ports.ledger.get(BOOKMARKS, ANCHORED, "last")
    last = from_wire(str(row.values["at"])) if row else BEGINNING
    last_full = from_wire(str(row.values["full_at"])) if row else BEGINNING
    is_full = last_full.date() < now.date()
    return Reach(now, last_full - FULL_OVERLAP if is_full else last - OVERLAP, is_full)


def _remember(ports: Ports, reach: Reach) -> None:
    row = ports.ledger.get(BOOKMARKS, ANCHORED, "last")
    full_at = to_wire(reach.now) if reach.is_full or row is None else str(row.values["full_at"])
    ports.ledger.put(Row(BOOKMARKS, ANCHORED, "last", {"at": to_wire(reach.now), "full_at": full_at}))


def _changed(ports: Ports, reach: Reach) -> Iterator[ChainMark]:
    for name in standing_chains(ports):
        for mark in _mark(ports, *name):
            if _moved_at(ports, mark) >= reach.since:
                yield mark
    for back in range(ALL_DAYS_BACK if reach.is_full else DAYS_BACK):
        for row in ports.ledger.scan(LISTING, day_partition(reach.now - timedelta(days=back))):
            if from_wire(str(row.values["updated_at"])) >= reach.since:
                yield from _mark(ports, LEDGER, str(row.values["file_version_id"]))


def _mark(ports: Ports, table: str, partition: str) -> Iterator[ChainMark]:
    head = ports.ledger.get(table, partition, HEAD)
    if head:
        yield ChainMark(table, partition, int(str(head.values["chain_sequence"])), str(head.values["chain_hash"]))


def _moved_at(ports: Ports, mark: ChainMark) -> datetime:
    """The instant of a chain's last event."""
    row = ports.ledger.get(mark.table, mark.partition, audit_key(mark.sequence))
    return from_wire(json.loads(str(row.values["event"]))["at"]) if row else ports.clock.now()


def _said_already(ports: Ports, since: datetime) -> set[ChainMark]:
    """What anchors say about chains that moved from `since` on."""
    marks: set[ChainMark] = set()
    for reservation in reservations(ports):
        text = _text(ports, reservation)
        marks.update(Anchor.from_text(text).marks if text else ())
        if reservation.at < since:
            break
    return marks


def _write(ports: Ports, now: datetime, marks: tuple[ChainMark, ...]) -> bool:
    """Writes the next anchor; False when somebody else was faster."""
    last = next(reservations(ports), Reservation(0, now))
    before = _text(ports, last)
    if last.number and before is None:
        mine, before = last, _before(ports, last)
    else:
        mine = Reservation(last.number + 1, max(now, last.at))  # names sort like numbers, whoever began first
        if not ports.ledger.insert(mine.row()):
            return False
    root = merkle_root([mark.text() for mark in marks])
    anchor = Anchor(mine.number, mine.at, anchor_hash(before or ""), root, marks)
    return ports.files.create(ANCHORS, anchor.name, anchor.text().encode())


def _before(ports: Ports, reservation: Reservation) -> str | None:
    """The text of the anchor one number lower."""
    lower = (one for one in reservations(ports) if one.number == reservation.number - 1)
    return next((_text(ports, one) for one in lower), None)


def _text(ports: Ports, reservation: Reservation) -> str | None:
    """The stored text of an anchor; None while it is only reserved."""
    if ports.files.describe(ANCHORS, reservation.name) is None:
        return None
    return b"".join(ports.files.read(ANCHORS, reservation.name)).decode()
