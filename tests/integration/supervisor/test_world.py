"""A world outlives the death of its services, and nothing outlives the death of a world."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psutil
import pytest
import urllib3
from azure.data.tables import TableServiceClient
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.storage.blob import BlobServiceClient

from local.supervisor.errors import WorldError
from local.supervisor.world import World

pytestmark = pytest.mark.integration

REPOSITORY = Path(__file__).resolve().parents[3]
OPEN_A_WORLD = """
import sys
from pathlib import Path
from local.supervisor.world import World
with World(Path(sys.argv[1]), ("azurite", "telemetry_sink")) as world:
    print("up", flush=True)
    sys.stdin.read()
"""

Eventually = Callable[[Callable[[], Any]], Any]
Notes = Callable[[str], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("harmed-world")


@pytest.fixture(scope="module")
def world(root: Path) -> Iterator[World]:
    app = REPOSITORY / "tests" / "fixtures" / "sample_function_app"
    services = ("azurite", "service_bus", "host")
    queues = {"sample-messages": {"lock_seconds": 3}, "sample-groups": {}}
    with World(root, services, {"SAMPLE_NOTES": str(root / "notes.jsonl")}, app=app, queues=queues) as running:
        yield running


@pytest.fixture
def notes(root: Path) -> Notes:
    def read(about: str) -> list[dict[str, Any]]:
        path = root / "notes.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [json.loads(line) for line in lines if about in line]

    return read


def send(world: World, body: dict[str, Any]) -> None:
    with (
        ServiceBusClient.from_connection_string(world.settings["RCM_SERVICE_BUS"]) as client,
        client.get_queue_sender("sample-messages") as sender,
    ):
        sender.send_messages(ServiceBusMessage(json.dumps(body)))


def upload(world: World, name: str) -> None:
    with BlobServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as blobs:
        blobs.get_blob_client("landing", name).upload_blob(b"1")


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_containers_and_tables_are_there(world: World) -> None:
    with BlobServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as blobs:
        assert {"landing", "archive", "bronze", "quarantine"} <= {
            container.name for container in blobs.list_containers()
        }
    with TableServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as tables:
        assert {"ledger", "databricksruns", "requests"} <= {table.name for table in tables.list_tables()}


def test_a_second_world_in_the_same_folder_is_refused(world: World, root: Path) -> None:
    with pytest.raises(WorldError, match="already running"), World(root, ("azurite",)):
        pass
    assert (root / "world.json").exists()


def test_keys_are_readable_by_their_owner_only(world: World, root: Path) -> None:
    for name in ("world.json", "settings.json"):
        assert (root / name).stat().st_mode & 0o077 == 0


def test_a_restart_of_azurite_keeps_port_and_blobs(world: World, notes: Notes, eventually: Eventually) -> None:
    upload(world, "kept.csv")
    eventually(lambda: notes("kept.csv"))
    address = world.address("azurite")
    world.restart("azurite")
    assert world.address("azurite") == address
    with BlobServiceClient.from_connection_string(world.settings["RCM_STORAGE"]) as blobs:
        assert blobs.get_blob_client("landing", "kept.csv").download_blob().readall() == b"1"


def test_a_killed_host_comes_back_and_gets_its_message_again(
    world: World, notes: Notes, eventually: Eventually
) -> None:
    send(world, {"case": "interrupted", "seconds": 4})
    eventually(lambda: notes("interrupted"))
    world.kill("host")
    ready = world.wait_until_ready("host")
    assert world.address("host") == f"http://127.0.0.1:{ready['port']}"
    assert len(eventually(lambda: found if len(found := notes("interrupted")) == 2 else None)) == 2


def test_an_event_that_was_being_taken_when_the_host_died_comes_again(
    world: World, notes: Notes, eventually: Eventually
) -> None:
    upload(world, "slow-once.csv")
    eventually(lambda: notes("slow-once.csv"))
    world.kill("host")
    eventually(lambda: len(notes("slow-once.csv")) == 2)


def test_a_host_that_comes_back_tells_what_came_meanwhile_and_nothing_twice(
    world: World, notes: Notes, eventually: Eventually
) -> None:
    upload(world, "before.csv")
    eventually(lambda: notes("before.csv"))
    world.stop("host")
    upload(world, "meanwhile.csv")
    world.start("host")
    eventually(lambda: notes("meanwhile.csv"))
    assert len(notes("before.csv")) == 1


def test_a_tick_missed_while_the_host_was_down_comes_late_and_says_so(
    world: World, notes: Notes, eventually: Eventually
) -> None:
    world.stop("host")
    status = world.plan.state("host") / "timers" / "every_year.json"
    kept = json.loads(status.read_text())
    status.write_text(json.dumps(kept | {"Next": "2020-01-01T00:00:00+00:00"}))
    world.start("host")
    (note,) = eventually(lambda: notes("every_year"))
    assert note["past_due"] is True
    assert note["status"]["Next"] == "2020-01-01T00:00:00+00:00"
    eventually(lambda: json.loads(status.read_text())["Next"] > kept["LastUpdated"])


def test_a_stopping_host_lets_running_calls_end(world: World, notes: Notes, eventually: Eventually) -> None:
    send(world, {"case": "last words", "seconds": 2})
    eventually(lambda: notes("last words"))
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(urllib3.request, "GET", f"{world.address('host')}/api/misbehave/pause")
        eventually(lambda: '"pause"' in (world.plan.root / "notes.jsonl").read_text())
        world.stop("host")
        assert answer.result().data == b"paused"
    world.start("host")
    send(world, {"case": "next message"})
    eventually(lambda: notes("next message"))
    assert len(notes("last words")) == 1


def test_a_host_outlives_the_death_of_the_service_bus(world: World, notes: Notes, eventually: Eventually) -> None:
    host = world.pid("host")
    send(world, {"case": "cut off", "seconds": 2})
    eventually(lambda: notes("cut off"))
    world.kill("service_bus")
    eventually(lambda: len(notes("cut off")) == 2)
    assert world.pid("host") == host


def test_the_service_bus_keeps_its_messages_through_a_kill(world: World, notes: Notes, eventually: Eventually) -> None:
    world.stop("host")
    send(world, {"case": "journaled"})
    world.kill("service_bus")
    world.wait_until_ready("service_bus")
    world.start("host")
    eventually(lambda: notes("journaled"))


def test_no_process_outlives_a_killed_supervisor(tmp_path: Path, eventually: Eventually) -> None:
    command = [sys.executable, "-c", OPEN_A_WORLD, str(tmp_path)]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == b"up\n"
        family = psutil.Process(supervisor.pid).children(recursive=True)
        assert any("azurite.js" in " ".join(process.cmdline()) for process in family)
        supervisor.send_signal(signal.SIGKILL)
    eventually(lambda: not any(is_alive(process) for process in family))


def test_a_service_that_does_not_start_is_named_with_the_end_of_its_log(tmp_path: Path, sample_app: Path) -> None:
    with (
        pytest.raises(WorldError, match=r"(?s)host did not start.*RCM_SERVICE_BUS"),
        World(tmp_path, ("azurite", "host"), app=sample_app),
    ):
        pass
    assert not (tmp_path / "world.json").exists()
