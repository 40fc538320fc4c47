"""What begins in a simulation, as the host, Event Grid and people begin it: a call of the real flow, and what an answer
or the lack of one makes them do."""

from collections.abc import Callable
from random import Random
from typing import Any

from shared.errors import RcmError, RequestRefusedError, TransientError
from shared.flows.anchor_audit import anchor_audit
from shared.flows.extract_emr import extract_emr
from shared.flows.reconcile import reconcile
from shared.flows.refresh_codes import refresh_codes
from shared.flows.register import register
from shared.flows.reprocess import accept
from shared.model.file_version import ArrivalHint
from shared.model.request import RequestKind, Selection
from shared.testing.fake_event_grid import FakeEventGrid, Pending
from shared.testing.fake_message_bus import Delivery
from shared.testing.fake_ports import FakePorts
from shared.testing.faults import Crash
from shared.testing.line import CONSUMERS
from shared.testing.newer_program import NewerProgram, newer_consumer
from shared.testing.scenario import Ask

TIMERS: dict[str, Callable[[Any], None]] = {
    "reconcile": reconcile,
    "extract_emr": extract_emr,
    "refresh_codes": refresh_codes,
    "anchor_audit": anchor_audit,
}
CALLER = "ann"


class Program:
    """A deployed version of the program: this one, or one that writes and reads as the next would."""

    def __init__(self, ports: FakePorts, is_newer: bool = False) -> None:
        self._ports = ports
        self.ports: Any = NewerProgram(ports) if is_newer else ports
        self._consumers = {queue: newer_consumer(each) if is_newer else each for queue, each in CONSUMERS.items()}

    def tick(self, timer: str) -> None:
        TIMERS[timer](self.ports)

    def register(self, event_grid: FakeEventGrid, event: Pending) -> None:
        """Event Grid delivers again until it is answered."""
        try:
            self.look(event.hint)
        except (RcmError, Crash):
            event_grid.give_back(event)
            raise

    def look(self, hint: ArrivalHint) -> None:
        register(self.ports, hint)

    def take(self, delivery: Delivery) -> None:
        """What the host does: completes when the function returns, gives back when it raises."""
        try:
            self.consume(delivery.queue, delivery.body, delivery.message_id)
        except TransientError:
            self._ports.bus.abandon(delivery)
            raise
        self._ports.bus.complete(delivery)

    def consume(self, queue: str, body: bytes, message_id: str) -> None:
        self._consumers[queue](self._ports, body, message_id)

    def ask(self, ask: Ask, file_version_id: str) -> None:
        """A person's request; a refusal is an answer."""
        is_release = ask.kind == "release"
        selection = Selection(file_version_ids=(file_version_id,), is_release=is_release)
        try:
            accept(self.ports, RequestKind("reprocess" if is_release else ask.kind), selection, CALLER, ask.key)
        except RequestRefusedError:
            return


class Deployment:
    """What is deployed: this program alone, or for the first `mixed` activities a newer one beside it, by the seed."""

    def __init__(self, ports: FakePorts, mixed: int, rng: Random) -> None:
        self._programs = Program(ports), Program(ports, is_newer=True)
        self._mixed = mixed
        self._rng = rng
        self._begun = 0

    def program(self) -> Program:
        """Which program takes what begins now."""
        self._begun += 1
        if not self._mixed:
            return self._programs[0]
        return self._programs[1 if self._begun > self._mixed else self._rng.randrange(2)]
