"""MessageIds: Service Bus drops a second message of one id without a word, so an id must say all that is asked for."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from shared.adapters.service_bus_limits import MOST_ID_CHARACTERS
from shared.model.events import (
    Message,
    follow_due,
    ingestion_landed,
    ingestion_requested,
    reprocess_requested,
    start_due,
)

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)
LATER = AT + timedelta(seconds=1)
FILE, OTHER_FILE = "a" * 64, "b" * 64

ASKED: list[tuple[Callable[..., Message], tuple[object, ...], tuple[tuple[object, ...], ...]]] = [
    (ingestion_requested, (FILE, 1), ((OTHER_FILE, 1), (FILE, 2))),
    (ingestion_landed, (FILE, 1), ((OTHER_FILE, 1), (FILE, 2))),
    (start_due, ("rcm_medallion", AT), (("another_job", AT), ("rcm_medallion", LATER))),
    (
        follow_due,
        ("rcm_medallion", FILE, 1, AT),
        (("rcm_medallion", OTHER_FILE, 1, AT), ("rcm_medallion", FILE, 2, AT)),
    ),
    (reprocess_requested, ("2026-01-31", "a" * 32, 0), (("2026-01-31", "b" * 32, 0), ("2026-01-31", "a" * 32, 12))),
]


@pytest.mark.parametrize(("ask", "asked", "others"), ASKED)
def test_whatever_asks_for_something_else_has_another_id(
    ask: Callable[..., Message], asked: tuple[object, ...], others: tuple[tuple[object, ...], ...]
) -> None:
    ids = [ask(*each).message_id for each in (asked, *others)]
    assert len(set(ids)) == len(ids)
    assert ask(*asked).message_id == ids[0]
    assert max(map(len, ids)) <= MOST_ID_CHARACTERS


def test_messages_of_two_kinds_about_one_file_have_two_ids() -> None:
    assert ingestion_requested(FILE, 1).message_id != ingestion_landed(FILE, 1).message_id
