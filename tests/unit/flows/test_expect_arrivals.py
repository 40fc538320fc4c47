"""A source that delivered before and is late is told once; nobody else is."""

from datetime import timedelta

import pytest

from shared.errors import TransientError
from shared.flows.expect_arrivals import expect_arrivals
from shared.metadata import Metadata
from shared.testing.fake_ports import FakePorts
from shared.testing.gate import Phase, open_gate
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

SOURCE = "hospital_a__transaction"
PATH = "emr/hospital_a/{}/transactions.csv"
UNEXPECTED = "health_system/2026-01-31/payers.csv"
MOMENT = timedelta(seconds=1)


@pytest.fixture
def patience(metadata: Metadata) -> timedelta:
    expected = metadata.sources[SOURCE].expected
    assert expected
    return expected.every + expected.grace


def overdue(told: RecordingExporter) -> list[bool]:
    """Of each alert, whether it is about the source."""
    return [SOURCE in text for text in told.said if "file_overdue" in text]


def look_after(ports: FakePorts, passed: timedelta) -> None:
    ports.clock.advance(passed.total_seconds())
    expect_arrivals(ports, ports.clock.now())


def test_a_late_source_is_told_once_for_each_arrival_that_is_missed(
    line: Line, ports: FakePorts, told: RecordingExporter, patience: timedelta
) -> None:
    line.drop(PATH.format("2026-01-30"), b"first")
    look_after(ports, patience)
    assert overdue(told) == []
    for _ in range(2):
        look_after(ports, MOMENT)
        assert overdue(told) == [True]
    line.drop(PATH.format("2026-01-31"), b"second")
    look_after(ports, patience)
    assert overdue(told) == [True]
    look_after(ports, MOMENT)
    assert overdue(told) == [True, True]


def test_an_alert_is_rather_told_twice_than_never(
    line: Line, ports: FakePorts, told: RecordingExporter, patience: timedelta
) -> None:
    def fail_to_note(operation: str, phase: Phase) -> None:
        if (operation, phase) == ("ledger.put", "before"):
            raise TransientError("ledger_unavailable")

    line.drop(PATH.format("2026-01-30"), b"first")
    ports.ledger.gate = fail_to_note
    with pytest.raises(TransientError):
        look_after(ports, patience + MOMENT)
    ports.ledger.gate = open_gate
    look_after(ports, MOMENT)
    assert overdue(told) == [True, True]


def test_who_never_delivered_or_has_no_calendar_is_not_late(
    line: Line, ports: FakePorts, told: RecordingExporter
) -> None:
    line.drop(UNEXPECTED, b"whenever")
    look_after(ports, timedelta(days=400))
    assert overdue(told) == []
