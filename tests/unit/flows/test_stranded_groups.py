"""A group that no run attempt could take in: told until it is in, tried again alone, in nobody's way."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.flows.reconcile import reconcile
from shared.flows.report_status import list_runs
from shared.flows.reprocess import accept
from shared.flows.stranded_groups import group_to_start_again, stranded_groups
from shared.model.request import RequestKind, Selection
from shared.testing.fake_ports import FakePorts
from shared.testing.fake_run import FakeRun
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

PATH = "emr/hospital_{}/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"
JOB = "rcm_medallion"
HOUR = 3_600


class PoisonedLine(Line):
    """Runs fail while they take in a poisoned file."""

    def __init__(self, ports: FakePorts) -> None:
        super().__init__(ports)
        self.poisoned: set[str] = set()

    def _end_a_run(self) -> bool:
        active = self.ports.jobs.active()
        if active:
            is_poisoned = self.poisoned & set(members(self.ports, active[0].parameters["manifest_uri"]))
            self.ports.jobs.finish(active[0].databricks_run_id, "FAILED" if is_poisoned else self.result_state)
        return bool(active)


def members(ports: FakePorts, manifest_uri: str) -> list[str]:
    text = ports.files.blobs["manifests"][manifest_uri.removeprefix("fake://manifests/")].content
    return [each["file_version_id"] for each in json.loads(text)["ingestions"]]


@pytest.fixture
def line(ports: FakePorts) -> PoisonedLine:
    return PoisonedLine(ports)


def strand(line: PoisonedLine) -> str:
    file_version_id = line.drop(PATH.format("a"), DEPARTMENTS)
    line.poisoned.add(file_version_id)
    line.settle()
    return file_version_id


def look_after(line: Line, hours: float) -> None:
    line.ports.clock.advance(hours * HOUR)
    reconcile(line.ports)
    line.settle()


def stranded(ports: FakePorts) -> list[str]:
    found = list_runs(ports)["stranded"]
    assert isinstance(found, list)
    return found


def failures(ports: FakePorts) -> list[FakeRun]:
    return [run for run in ports.jobs.runs.values() if run.result_state == "FAILED"]


def alerts(told: RecordingExporter) -> int:
    return sum("group_stranded" in text for text in told.said)


def test_other_files_go_on_while_a_poisoned_group_waits(line: PoisonedLine, ports: FakePorts) -> None:
    strand(line)
    line.drop(PATH.format("b"), DEPARTMENTS)
    line.settle()
    assert [run.result_state for run in ports.jobs.runs.values()] == ["FAILED", "FAILED", "FAILED", "SUCCESS"]
    assert stranded(ports) == [list(ports.jobs.runs.values())[2].token]


def test_it_is_told_at_every_look_until_it_is_in(line: PoisonedLine, told: RecordingExporter) -> None:
    strand(line)
    for _ in range(2):
        look_after(line, hours=0.1)
    assert alerts(told) == 2
    line.poisoned.clear()
    look_after(line, hours=1)
    look_after(line, hours=0.1)
    assert alerts(told) == 2
    assert stranded(line.ports) == []


def test_it_is_tried_again_alone_with_the_same_manifest_ever_later(line: PoisonedLine, ports: FakePorts) -> None:
    strand(line)
    hours: dict[int, int] = {}
    for hour in range(1, 33):
        line.drop(f"emr/hospital_b/2026-01-30/departments_{hour}.csv", DEPARTMENTS + b"D%d,X\n" % hour)
        line.settle()
        look_after(line, hours=1)
        hours.setdefault(len(failures(ports)), hour)
    assert hours == {4: 1, 5: 3, 6: 7, 7: 15, 8: 31}
    failed = failures(ports)
    assert len({run.parameters["manifest_uri"] for run in failed}) == 1
    assert len({run.token for run in failed}) == len(failed)


def test_the_group_whose_turn_came_first_is_tried_first(line: PoisonedLine, ports: FakePorts) -> None:
    strand(line)
    line.poisoned.add(line.drop(PATH.format("b"), DEPARTMENTS))
    line.settle()
    first_listed, other = (group for group, _ in stranded_groups(ports, JOB))
    ports.ledger.put(replace(first_listed, again_at=ports.clock.now() + timedelta(hours=2)).row())
    ports.clock.advance(3 * HOUR)
    found = group_to_start_again(ports, JOB)
    assert found
    assert found.group == other


def test_what_a_person_cancelled_is_told_and_not_tried_again(line: PoisonedLine, told: RecordingExporter) -> None:
    line.result_state = "CANCELED"
    line.drop(PATH.format("a"), DEPARTMENTS)
    line.settle()
    look_after(line, hours=48)
    assert len(line.ports.jobs.runs) == 1
    assert alerts(told) == 1


@pytest.mark.parametrize("kind", list(RequestKind))
def test_a_group_whose_files_were_asked_for_again_is_not_stranded(
    line: PoisonedLine, ports: FakePorts, kind: RequestKind
) -> None:
    strand(line)
    line.poisoned.clear()
    selection = Selection(databricks_run=stranded(ports)[0])
    accept(ports, kind, selection, "ann", "key")
    line.settle()
    look_after(line, hours=48)
    assert stranded(ports) == []
    assert [run.result_state for run in ports.jobs.runs.values()] == ["FAILED", "FAILED", "FAILED", "SUCCESS"]


def test_a_group_without_its_manifest_is_told_and_keeps_nobody_waiting(
    line: PoisonedLine, ports: FakePorts, told: RecordingExporter
) -> None:
    strand(line)
    ports.files.blobs["manifests"].clear()
    look_after(line, hours=48)
    line.drop(PATH.format("b"), DEPARTMENTS)
    line.settle()
    assert alerts(told) == 1
    assert list(ports.jobs.runs.values())[-1].result_state == "SUCCESS"
