"""Anchors taken out, put in, changed or renamed are found, at every position."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.model.anchor import Anchor, ChainMark, anchor_hash
from shared.model.commit import LEDGER
from shared.pipeline.merkle import merkle_root
from shared.pipeline.verify_anchors import verify_anchors

type Stored = tuple[str, str]


def written(count: int) -> list[Stored]:
    stored: list[Stored] = []
    for number in range(1, count + 1):
        marks = tuple(ChainMark(LEDGER, f"{place:064x}", number, f"{number:064x}") for place in range(3))
        at = datetime(2026, 1, 31, 12, tzinfo=UTC) + timedelta(hours=number)
        previous = anchor_hash(stored[-1][1] if stored else "")
        anchor = Anchor(number, at, previous, merkle_root([mark.text() for mark in marks]), marks)
        stored.append((anchor.name, anchor.text()))
    return stored


STORED = written(30)


def with_other_head(text: str) -> str:
    return text.replace(f'"{0:064x}"', f'"{9:064x}"', 1)


CHANGES: dict[str, Callable[[list[Stored], int], list[Stored]]] = {
    "deleted": lambda stored, place: [*stored[:place], *stored[place + 1 :]],
    "doubled": lambda stored, place: [*stored[: place + 1], *stored[place:]],
    "renamed": lambda stored, place: [
        *stored[:place], (f"{stored[place][0]}x", stored[place][1]), *stored[place + 1 :]
    ],
    "edited": lambda stored, place: [
        *stored[:place], (stored[place][0], with_other_head(stored[place][1])), *stored[place + 1 :]
    ],
    "replaced": lambda stored, place: [
        *stored[:place], (stored[place][0], written(place + 2)[-1][1]), *stored[place + 1 :]
    ],
    "unreadable": lambda stored, place: [*stored[:place], (stored[place][0], "[]"), *stored[place + 1 :]],
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_row_of_anchors_is_found_at_every_position(
    change: Callable[[list[Stored], int], list[Stored]],
) -> None:
    last = len(STORED) - 1  # the last one's deletion leaves its events unanchored, which is said elsewhere
    assert [place for place in range(last) if not verify_anchors(change(STORED, place)).findings] == []


def test_a_rewritten_anchor_breaks_the_link_of_the_next() -> None:
    anchor = Anchor.from_text(STORED[4][1])
    marks = anchor.marks[:2]
    root = merkle_root([mark.text() for mark in marks])
    changed = Anchor(anchor.number, anchor.at, anchor.previous, root, marks)
    said = verify_anchors([*STORED[:4], (changed.name, changed.text()), *STORED[5:]])
    assert [(one.code, one.sequence) for one in said.findings] == [("anchor_link_broken", 6)]


def test_anchors_as_they_were_written_are_sound() -> None:
    said = verify_anchors(STORED)
    assert said.findings == []
    assert [(anchor.name, anchor.text()) for anchor in said.anchors] == STORED
