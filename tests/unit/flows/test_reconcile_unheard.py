"""What the reconciler registers itself: noted until it is done, since no event comes again."""

from unittest.mock import patch

import pytest

from shared.errors import TransientError
from shared.flows import reconcile as reconcile_flow
from shared.flows.reconcile import FULL_EVERY, UNHEARD, reconcile
from shared.model.commit import BOOKMARKS
from shared.model.file_version import LANDING
from shared.model.ingestion import Status
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line

PATH = "emr/hospital_a/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"


@pytest.fixture
def cut_short(ports: FakePorts) -> str:
    """A file that no event told of, whose registration failed before anything was committed."""
    version = ports.files.upload(LANDING, PATH, DEPARTMENTS)
    with patch.object(reconcile_flow, "register", side_effect=TransientError("injected")):
        reconcile(ports)
    return version.file_version_id


def noted(ports: FakePorts) -> list[str]:
    return [row.key for row in ports.ledger.scan(BOOKMARKS, UNHEARD)]


def test_nothing_stays_noted_of_what_was_registered(line: Line, ports: FakePorts) -> None:
    version = ports.files.upload(LANDING, PATH, DEPARTMENTS)
    reconcile(ports)
    assert noted(ports) == []
    line.settle()
    assert line.ingestion(version.file_version_id).status is Status.LANDED


def test_what_was_not_committed_stays_noted_for_a_day(ports: FakePorts, cut_short: str) -> None:
    ports.files.delete(LANDING, PATH)
    reconcile(ports)
    assert noted(ports) == [cut_short]
    ports.clock.advance(FULL_EVERY.total_seconds() + 1)
    reconcile(ports)
    assert noted(ports) == []


def test_what_was_not_committed_and_still_stands_is_registered_by_the_next_tick(
    line: Line, ports: FakePorts, cut_short: str
) -> None:
    reconcile(ports)
    assert noted(ports) == []
    line.settle()
    assert line.ingestion(cut_short).status is Status.LANDED
