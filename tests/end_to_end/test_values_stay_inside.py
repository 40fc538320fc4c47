"""Nothing that a record, a header or a file's name says comes out in a log, a message, a table or telemetry."""

import json
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import urllib3
from azure.data.tables import TableServiceClient

from local.supervisor.world import World

FOLDER = "emr/hospital_b/2026-02-04"


@pytest.fixture(scope="module")
def carriers(canary: str, story: Any, drop: Callable[[str, bytes], dict[str, Any]], told: Any) -> list[dict[str, Any]]:
    """What became of files that carry the canary in every place where a sender can put it."""
    name = canary.encode()
    return [
        told(story.newcomer.path),
        drop(f"{FOLDER}/providers_{canary}.csv", b""),
        drop(f"{FOLDER}/departments_header.csv", b"DeptID," + name + b"\nDEPT001,Emergency\n"),
        drop(f"{FOLDER}/departments_quote.csv", b'DeptID,Name\nDEPT001,"' + name + b"\n"),
        drop(f"{FOLDER}/patients_cells.csv", name * 3),
        drop(f"{canary}/of/nobody.csv", name),
    ]


@pytest.fixture(scope="module")
def envelopes(world: World, carriers: list[dict[str, Any]], eventually: Callable[[Callable[[], Any]], Any]) -> str:
    """All telemetry that was exported, as soon as it tells of every carrier."""

    def exported() -> str:
        text = urllib3.request("GET", f"{world.address('telemetry_sink')}/envelopes").data.decode()
        return text if all(carrier["file_version_id"] in text for carrier in carriers) else ""

    return str(eventually(exported))


def journalled(journal: Path) -> Iterator[bytes]:
    """Every message the broker ever took, whole: the journal keeps those that are done with, too."""
    for line in journal.read_text().splitlines():
        for _, change in json.loads(line):
            if change["change"] == "stored":
                yield b64decode(change["message"])


def test_files_that_carry_it_were_worked(carriers: list[dict[str, Any]]) -> None:
    assert [carrier["status"] for carrier in carriers] == ["landed", *["refused"] * (len(carriers) - 1)]


def test_it_is_in_no_log_of_any_process(world: World, canary: str, envelopes: str) -> None:
    logs = {str(file.relative_to(world.plan.root)): file.read_text() for file in world.plan.root.rglob("*.log")}
    assert "logs/host.log" in logs
    assert [name for name, text in logs.items() if canary in text] == []


def test_it_is_in_no_message(world: World, canary: str, carriers: list[dict[str, Any]]) -> None:
    messages = b"".join(journalled(world.plan.state("service_bus") / "journal" / "journal.jsonl"))
    assert all(carrier["file_version_id"].encode() in messages for carrier in carriers)
    assert canary.encode() not in messages


def test_it_is_in_no_telemetry(canary: str, envelopes: str) -> None:
    assert canary not in envelopes


def test_it_is_in_no_table_but_as_the_path_of_its_file(
    world: World, canary: str, carriers: list[dict[str, Any]]
) -> None:
    def said_beside_the_path(entity: Mapping[str, Any]) -> bool:
        return any(canary in f"{name}={value}" for name, value in entity.items() if name != "path")

    with TableServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as service:
        for table in service.list_tables():
            entities = list(service.get_table_client(table.name).list_entities())
            assert not any(map(said_beside_the_path, entities)), table.name


def test_it_is_in_no_databricks_run_report_or_manifest(story: Any, canary: str, carriers: list[dict[str, Any]]) -> None:
    client = story.stage.client
    runs = [client.get(f"databricks-runs/{run['token']}") for run in client.get("databricks-runs")["databricks_runs"]]
    assert canary not in str(runs)
