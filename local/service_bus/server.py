"""The broker behind a port: as a coroutine for a process of its own, or in a thread for tests."""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from types import TracebackType
from typing import Self

from local.service_bus.amqp.errors import AmqpError
from local.service_bus.broker import Broker
from local.service_bus.connection import Connection
from local.service_bus.journal import Journal
from local.service_bus.settings import QueueSettings

HOST = "127.0.0.1"
_GOODBYE_TRIES = 50


def connection_string(port: int) -> str:
    """What a client of the SDK needs to find the broker; the keys open nothing."""
    return f"Endpoint=sb://{HOST}:{port};SharedAccessKeyName=local;SharedAccessKey=local;UseDevelopmentEmulator=true;"


async def serve(
    settings: Mapping[str, QueueSettings],
    journal_folder: Path,
    port: int,
    on_listening: Callable[[int], None],
    stopping: asyncio.Event,
) -> None:
    """Serves until `stopping` is set; port 0 takes a free one, and `on_listening` learns which.

    Raises JournalError for a journal that cannot be gone by, and OSError where the port is taken or the journal cannot
    be written any more.
    """
    journal = Journal(journal_folder)
    try:
        await _serve(Broker(settings, journal, asyncio.get_running_loop()), port, on_listening, stopping)
    finally:
        journal.close()


async def _serve(broker: Broker, port: int, on_listening: Callable[[int], None], stopping: asyncio.Event) -> None:
    connections: set[Connection] = set()
    loop = asyncio.get_running_loop()
    try:
        listener = await loop.create_server(lambda: Connection(broker, connections), HOST, port)
        on_listening(listener.sockets[0].getsockname()[1])
        stop = loop.create_task(stopping.wait())
        await asyncio.wait((stop, broker.failure), return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        listener.close()
        if broker.failure.done():
            broker.failure.result()
    finally:
        await _say_goodbye(broker, connections)


async def _say_goodbye(broker: Broker, connections: set[Connection]) -> None:
    for connection in list(connections):
        connection.close(AmqpError("amqp:connection:forced", "The broker stops."))
    broker.close()
    for _ in range(_GOODBYE_TRIES):
        if not connections:
            return
        await asyncio.sleep(0.01)
    for connection in list(connections):
        connection.abort()


class ServiceBusServer:
    """The broker in a thread, for as long as the block lasts; on the same port and journal folder it goes on."""

    def __init__(self, settings: Mapping[str, QueueSettings], journal_folder: Path, port: int = 0) -> None:
        self._settings = settings
        self._journal_folder = journal_folder
        self.port = port

    @property
    def connection_string(self) -> str:
        """What a client of the SDK needs to find this broker."""
        return connection_string(self.port)

    def __enter__(self) -> Self:
        self._listening: Future[None] = Future()
        self._threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="service-bus")
        self._ended = self._threads.submit(asyncio.run, self._serve())
        wait((self._listening, self._ended), return_when=FIRST_COMPLETED)
        if self._ended.done():
            self._end()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._end()

    def _end(self) -> None:
        self._threads.shutdown()
        self._ended.result()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        await serve(self._settings, self._journal_folder, self.port, self._on_listening, self._stopping)

    def _on_listening(self, port: int) -> None:
        self.port = port
        self._listening.set_result(None)
