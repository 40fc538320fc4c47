import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusReceiver, ServiceBusSender, ServiceBusSubQueue

from local.service_bus.server import ServiceBusServer
from local.service_bus.settings import QueueSettings

_KINDS = {
    "plain": QueueSettings(lock_seconds=30, max_delivery_count=3),
    "brief-lock": QueueSettings(lock_seconds=1, max_delivery_count=2),
    "duplicate-detecting": QueueSettings(duplicate_window_seconds=600),
    "ageing": QueueSettings(default_ttl_seconds=0.5),
}
_COUNTS = {"plain": 40, "brief-lock": 6, "duplicate-detecting": 1, "ageing": 1}
_ROOT = Path(__file__).parents[3]


@dataclass
class Desk:
    """A queue that one test has for itself, and what it takes to use it."""

    queue: str
    sender: ServiceBusSender
    receiver: ServiceBusReceiver
    dead_letters: ServiceBusReceiver


@dataclass
class Clients:
    """All ends of links that tests have open. One takes half a second to open or close, so many do it at once."""

    client: ServiceBusClient
    threads: ThreadPoolExecutor
    opened: list[ServiceBusSender | ServiceBusReceiver]

    def open_sender(self, queue: str) -> ServiceBusSender:
        sender = self.client.get_queue_sender(queue)
        self.opened.append(sender)
        return sender

    def open_receiver(self, queue: str, **options: Any) -> ServiceBusReceiver:
        receiver = self.client.get_queue_receiver(queue, **{"max_wait_time": 5, **options})
        self.opened.append(receiver)
        return receiver

    def open_desk(self, queue: str) -> Desk:
        desk = Desk(
            queue,
            self.open_sender(queue),
            self.open_receiver(queue),
            self.open_receiver(queue, sub_queue=ServiceBusSubQueue.DEAD_LETTER),
        )
        links = (desk.sender, desk.receiver, desk.dead_letters)
        with ThreadPoolExecutor(max_workers=len(links)) as threads:
            list(threads.map(lambda link: link.__enter__(), links))
        return desk

    def close(self) -> None:
        list(self.threads.map(lambda each: each.close(), self.opened))


@contextmanager
def _clients(connection_string: str, **options: Any) -> Iterator[Clients]:
    client = ServiceBusClient.from_connection_string(connection_string, **options)
    with ThreadPoolExecutor(max_workers=128) as threads:
        clients = Clients(client, threads, [])
        yield clients
        clients.close()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServiceBusServer]:
    queues = {f"{kind}-{number}": _KINDS[kind] for kind, count in _COUNTS.items() for number in range(count)}
    with ServiceBusServer(queues, tmp_path_factory.mktemp("journal")) as server:
        yield server


@pytest.fixture(scope="session")
def connection_string(broker: ServiceBusServer) -> str:
    return broker.connection_string


@pytest.fixture(scope="session")
def clients(connection_string: str) -> Iterator[Clients]:
    with _clients(connection_string, retry_backoff_factor=0.01) as clients:
        yield clients


@pytest.fixture(scope="session")
def open_sender(clients: Clients) -> Callable[[str], ServiceBusSender]:
    return clients.open_sender


@pytest.fixture(scope="session")
def open_receiver(clients: Clients) -> Callable[..., ServiceBusReceiver]:
    return clients.open_receiver


@pytest.fixture(scope="session")
def _desks(clients: Clients) -> dict[str, Iterator[Future[Desk]]]:
    def open_all(kind: str) -> Iterator[Future[Desk]]:
        return iter([clients.threads.submit(clients.open_desk, f"{kind}-{n}") for n in range(_COUNTS[kind])])

    return {kind: open_all(kind) for kind in _COUNTS}


@pytest.fixture
def desk(_desks: dict[str, Iterator[Future[Desk]]], request: pytest.FixtureRequest) -> Desk:
    """A desk at a queue of the kind that the test names by parameter; else locks of 30 s and three deliveries."""
    return next(_desks[getattr(request, "param", "plain")]).result()


@pytest.fixture
def queue(desk: Desk) -> str:
    return desk.queue


@pytest.fixture
def sender(desk: Desk) -> ServiceBusSender:
    return desk.sender


@pytest.fixture
def receiver(desk: Desk) -> ServiceBusReceiver:
    return desk.receiver


@pytest.fixture
def dead_letters(desk: Desk) -> ServiceBusReceiver:
    return desk.dead_letters


@pytest.fixture
def connect() -> Iterator[Callable[[str], Clients]]:
    """Makes clients of another broker than the one all tests share."""
    with ExitStack() as stack:
        yield lambda connection_string: stack.enter_context(_clients(connection_string, retry_backoff_factor=0.05))


@dataclass
class BrokerProcess:
    """A broker in a process of its own."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]

    @property
    def connection_string(self) -> str:
        return str(self.ready["connection_string"])

    @property
    def port(self) -> int:
        return int(self.ready["port"])

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start_broker(tmp_path: Path) -> Iterator[Callable[..., BrokerProcess]]:
    """Starts the broker on the journal of this test, on any port or a given one; none outlives the test."""
    started: list[subprocess.Popen[bytes]] = []
    numbers = count()
    config = tmp_path / "queues.json"
    queue = {"lock_seconds": 30, "max_delivery_count": 3, "duplicate_window_seconds": 600}
    config.write_text(json.dumps({"queues": {"requests": queue}}))

    def start(*options: str, port: int = 0) -> BrokerProcess:
        ready_file = tmp_path / f"ready-{next(numbers)}.json"
        paths = {"--config": config, "--journal": tmp_path / "journal", "--ready-file": ready_file, "--port": port}
        arguments = [str(part) for pair in paths.items() for part in pair]
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "local.service_bus", *arguments, *options],
                cwd=_ROOT,
                stdin=subprocess.PIPE,
            )
        )
        patience = time.monotonic() + 10
        while not ready_file.exists():
            assert started[-1].poll() is None, "the broker ended before it listened"
            assert time.monotonic() < patience, "the broker does not listen"
            time.sleep(0.01)
        return BrokerProcess(started[-1], json.loads(ready_file.read_text()))

    yield start
    for process in started:
        process.kill()
        process.communicate()
    # The SDK leaves sockets open when a broker dies; now is when their warnings can be told from others.
    gc.collect()
