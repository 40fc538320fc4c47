"""Carries out what an accepted request causes: it stands in line, and when its turn comes its next share is queued.

Requests share the queue with arrivals. So that those wait for little, only the oldest requests are worked side by side
and all of them together raise no more than AT_ONCE generations before an arrival; the others wait for their turn.
"""

from shared.errors import TransientError
from shared.model.commit import REQUESTS
from shared.model.events import reprocess_requested
from shared.model.request import OPEN, Request
from shared.ports import Ports

AT_ONCE = 12
SIDE_BY_SIDE = 4


def recorded_request(ports: Ports, day: str, name: str) -> Request:
    """A request as the ledger has it; TransientError where it is not there yet."""
    row = ports.ledger.get(REQUESTS, day, name)
    if row is None:
        raise TransientError("request_not_committed")
    return Request.from_row(row)


def follow_request(ports: Ports, request: Request) -> None:
    """Keeps the request in line until it is done, and queues its next share if it has the turn; then passes that on.

    Others may finish it meanwhile: who put it in line last looks once more.
    """
    if not request.is_done:
        ports.ledger.put(request.open_row())
        if (request.day, request.request_id) in in_turn(ports):
            _queue_share(ports, request)
        request = recorded_request(ports, request.day, request.request_id)
    if request.is_done:
        ports.ledger.delete(REQUESTS, OPEN, [request.request_id])
        for day, name in in_turn(ports):
            _queue_share(ports, recorded_request(ports, day, name))


def in_turn(ports: Ports) -> list[tuple[str, str]]:
    """Day and id of the requests that are worked now, the oldest first."""
    waiting = sorted(ports.ledger.scan(REQUESTS, OPEN), key=lambda row: (str(row.values["accepted_at"]), row.key))
    return [(str(row.values["day"]), row.key) for row in waiting[:SIDE_BY_SIDE]]


def share_size(ports: Ports) -> int:
    """How many targets a request may look at before arrivals get their turn."""
    return AT_ONCE // max(len(in_turn(ports)), 1) or 1


def _queue_share(ports: Ports, request: Request) -> None:
    message = reprocess_requested(request.day, request.request_id, request.target_count)
    ports.sender.send(ports.settings.queue_ingestion_requests, [message])
