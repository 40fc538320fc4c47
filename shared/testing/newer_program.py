"""A program of the next version beside this one: its messages have a type that this one has never heard of, its rows a
column more; it reads what this one wrote."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from shared.model.commit import Commit, Row
from shared.model.events import Message
from shared.testing.fake_ports import FakePorts

HERE, NEXT = ".v1", ".v2"
ONLY_NEXT = {"urgency": "routine"}


class NewerProgram:
    """Ports through which the real flows write as the next version would."""

    def __init__(self, ports: FakePorts) -> None:
        self._ports = ports
        self.sender = _NewerSender(ports)
        self.ledger = _NewerLedger(ports)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ports, name)


class _NewerSender:
    def __init__(self, ports: FakePorts) -> None:
        self._bus = ports.bus

    def send(self, queue: str, messages: Iterable[Message]) -> None:
        self._bus.send(queue, [_written_newer(message) for message in messages])


class _NewerLedger:
    """Adds a column to every row that it writes."""

    def __init__(self, ports: FakePorts) -> None:
        self._ledger = ports.ledger

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ledger, name)

    def commit(self, commit: Commit) -> None:
        inserted, written = (tuple(map(_wider, rows)) for rows in (commit.inserted, commit.written))
        self._ledger.commit(replace(commit, head=_wider(commit.head), inserted=inserted, written=written))

    def insert(self, row: Row) -> bool:
        return self._ledger.insert(_wider(row))

    def insert_all(self, rows: Iterable[Row]) -> bool:
        return self._ledger.insert_all(map(_wider, rows))

    def put(self, row: Row) -> None:
        self._ledger.put(_wider(row))

    def replace(self, row: Row, etag: str) -> bool:
        return self._ledger.replace(_wider(row), etag)


def newer_consumer(consumer: Callable[[Any, bytes, str], None]) -> Callable[[FakePorts, bytes, str], None]:
    """The consumer of the next version: it understands its own messages and those of this one."""
    return lambda ports, body, message_id: consumer(NewerProgram(ports), _read_newer(body), message_id)


def _written_newer(message: Message) -> Message:
    said = dict(message.body)
    return replace(message, body={**said, **ONLY_NEXT, "type": str(said["type"]).removesuffix(HERE) + NEXT})


def _read_newer(body: bytes) -> bytes:
    return body.replace(f'{NEXT}"'.encode(), f'{HERE}"'.encode())


def _wider(row: Row) -> Row:
    return replace(row, values={**row.values, **ONLY_NEXT})
