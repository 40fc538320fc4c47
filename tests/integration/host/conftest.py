"""One local world with the sample app, for all tests of the host."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3
from azure.servicebus import ServiceBusClient, ServiceBusMessage
from azure.storage.blob import ContainerClient

from local.supervisor.world import World

SAMPLE_APP = Path(__file__).resolve().parents[2] / "fixtures" / "sample_function_app"
PATIENCE = 20.0

Note = dict[str, Any]
Read = Callable[..., list[Note]]
Eventually = Callable[[Callable[[], Any]], Any]
Call = Callable[..., urllib3.BaseHTTPResponse]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("world")
    with World(
        root,
        ("azurite", "service_bus", "host"),
        {"SAMPLE_NOTES": str(root / "notes.jsonl")},
        app=SAMPLE_APP,
        host_options={
            "maxRequestBytes": 100_000,
            "eventGrid": {"retryScale": 0.02, "answerSeconds": 2, "maxAttempts": 3},
        },
        queues={
            "sample-messages": {"lock_seconds": 3, "max_delivery_count": 3},
            "sample-groups": {"lock_seconds": 5, "max_delivery_count": 3},
        },
    ) as running:
        yield running


@pytest.fixture
def eventually() -> Eventually:
    """Waits until a condition is truthy and returns what it said."""

    def wait(condition: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + PATIENCE
        while not (said := condition()):
            assert time.monotonic() < deadline, "the condition did not come true"
            time.sleep(0.05)
        return said

    return wait


@pytest.fixture
def notes(world: World) -> Read:
    """What functions of the sample app were given, by function and by a text to be found in it."""

    def read(function: str, about: str = "") -> list[Note]:
        path = Path(world.settings["SAMPLE_NOTES"])
        lines = path.read_text().splitlines() if path.exists() else []
        return [note for line in lines if about in line and (note := json.loads(line))["function"] == function]

    return read


@pytest.fixture
def call(world: World) -> Iterator[Call]:
    """Sends a request to the host; with `key` it carries that function key."""
    with urllib3.PoolManager(retries=False, timeout=30.0) as pool:

        def send(method: str, path: str, key: str = "", **more: Any) -> urllib3.BaseHTTPResponse:
            headers = more.pop("headers", {}) | ({"x-functions-key": key} if key else {})
            return pool.request(method, world.address("host") + path, headers=headers, **more)

        yield send


@pytest.fixture
def send(world: World) -> Callable[[str, list[Any]], None]:
    """Sends JSON messages to a queue, all in one go."""

    def put(queue: str, bodies: list[Any]) -> None:
        with (
            ServiceBusClient.from_connection_string(world.settings["RCM_SERVICE_BUS"]) as client,
            client.get_queue_sender(queue) as sender,
        ):
            sender.send_messages(
                [ServiceBusMessage(json.dumps(body), application_properties={"a": 1}) for body in bodies]
            )

    return put


@pytest.fixture
def landing(world: World) -> Iterator[ContainerClient]:
    with ContainerClient.from_connection_string(world.settings["RCM_STORAGE"], "landing") as container:
        yield container


@pytest.fixture
def switch(call: Call, world: World) -> Iterator[Callable[..., dict[str, Any]]]:
    """Sets the switches of the Event Grid twin, and sets them back after the test."""

    def put(**switches: Any) -> dict[str, Any]:
        answer = call("PUT", "/admin/local/event-grid", world.master_key, json=switches)
        assert answer.status == 200
        content: dict[str, Any] = answer.json()
        return content

    yield put
    put()
