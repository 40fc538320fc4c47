"""The program on fakes, driven to rest: messages are delivered, time passes, runs end, until nothing is left to do."""

from collections.abc import Callable
from datetime import timedelta

from shared.errors import TransientError
from shared.flows.register import recorded, register
from shared.flows.take_message import take_ingestion_request, take_run_request
from shared.model.file_version import LANDING, ArrivalHint
from shared.model.ingestion import Ingestion
from shared.testing.fake_message_bus import Delivery
from shared.testing.fake_ports import FakePorts

MOST_STEPS = 10_000


def _ingestion_request(ports: FakePorts, body: bytes, message_id: str) -> None:
    take_ingestion_request(ports, body, message_id)  # looked up at every call: a bug may be planted


def _run_request(ports: FakePorts, body: bytes, message_id: str) -> None:
    take_run_request(ports, body, message_id)


CONSUMERS: dict[str, Callable[[FakePorts, bytes, str], None]] = {
    "ingestion-requests": _ingestion_request,
    "databricks-run-requests": _run_request,
}


class Line:
    """Files go in by `drop`; `settle` lets everything happen that follows from it."""

    def __init__(self, ports: FakePorts, result_state: str = "SUCCESS") -> None:
        self.ports = ports
        self.result_state = result_state

    def drop(self, name: str, content: bytes, metadata: dict[str, str] | None = None) -> str:
        """Uploads a blob and tells of it by an event; its file version id."""
        blob = self.ports.files.upload(LANDING, name, content, metadata=metadata or {})
        register(self.ports, ArrivalHint(name, blob.etag))
        return blob.file_version_id

    def settle(self) -> None:
        """Delivers, ends runs and lets time pass until the bus is empty and no run is at work."""
        for _ in range(MOST_STEPS):
            if not (self._deliver_one() or self._end_a_run() or self._let_time_pass()):
                return
        raise AssertionError("the line does not come to rest")

    def ingestion(self, file_version_id: str) -> Ingestion:
        """The ledger's word on a file version."""
        return recorded(self.ports, file_version_id)

    def _deliver_one(self) -> bool:
        for queue in CONSUMERS:
            delivery = self.ports.bus.receive(queue)
            if delivery:
                self.take(delivery)
                return True
        return False

    def take(self, delivery: Delivery) -> None:
        """What the host does with a message: completes it, or gives it back when the function raises."""
        try:
            CONSUMERS[delivery.queue](self.ports, delivery.body, delivery.message_id)
        except TransientError:
            self.ports.bus.abandon(delivery)
        else:
            self.ports.bus.complete(delivery)

    def _end_a_run(self) -> bool:
        active = self.ports.jobs.active()
        if active:
            self.ports.jobs.finish(active[0].databricks_run_id, self.result_state)
        return bool(active)

    def _let_time_pass(self) -> bool:
        moment = self.ports.bus.next_change()
        if moment:
            self.ports.clock.advance((moment - self.ports.clock.now()) / timedelta(seconds=1) + 0.001)
        return bool(moment)
