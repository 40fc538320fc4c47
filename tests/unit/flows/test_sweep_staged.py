"""Of what is staged only that goes which the commit of its generation does not name."""

from shared.flows.sweep_staged import sweep_staged
from shared.testing.fake_ports import FakePorts
from shared.testing.line import Line
from shared.testing.recording_exporter import RecordingExporter

PATH = "emr/hospital_a/2026-01-31/departments.csv"
DEPARTMENTS = b"DeptID,Name\nDEPT001,Emergency\n"
BAD_ROW = b",Nameless\n"
SOURCE = "hospital_a__department"
ATTEMPT = "0" * 32
CONTAINERS = ("bronze", "quarantine")


def stage(ports: FakePorts, name: str) -> None:
    for container in CONTAINERS:
        ports.files.create(container, name, b"staged")


def standing(ports: FakePorts) -> list[set[str]]:
    return [set(ports.files.blobs[container]) for container in CONTAINERS]


def test_what_an_attempt_left_goes_and_what_the_commit_names_stays(
    line: Line, ports: FakePorts, told: RecordingExporter
) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS + BAD_ROW)
    line.settle()
    committed = standing(ports)
    assert all(committed)
    stage(ports, f"{SOURCE}/{file_version_id}/1/{ATTEMPT}.parquet")
    sweep_staged(ports)
    assert standing(ports) == committed
    assert sum("staged_file_swept" in text for text in told.said) == len(CONTAINERS)


def test_what_is_still_at_work_and_what_is_no_staged_file_stays(line: Line, ports: FakePorts) -> None:
    file_version_id = line.drop(PATH, DEPARTMENTS)
    line.settle()
    of_others = f"{SOURCE}/{file_version_id}/1/notes.txt"
    of_the_next = f"{SOURCE}/{file_version_id}/2/{ATTEMPT}.parquet"
    stage(ports, of_others)
    stage(ports, of_the_next)
    before = standing(ports)
    sweep_staged(ports)
    assert standing(ports) == before
