"""drain_dead_letters: shows the messages that queues put aside, sends them again or drops them.

Sending again is harmless: the flows find what they did already, whatever MessageId a message comes under.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime

from shared import telemetry
from shared.errors import RequestRefusedError
from shared.model.dead_letter import DeadLetter, DeadLetterFilter
from shared.model.instant import to_wire
from shared.pipeline.read_drain import Drain, read_filter
from shared.ports import Ports

PAGE = 100
MOST_SHOWN = 500
MOST_DRAINED = 1_000


def list_dead_letters(ports: Ports, query: Mapping[str, str]) -> dict[str, object]:
    """The answer to a listing: ids, codes and instants, the oldest first; `count` stops at 1,000."""
    letters = _found(ports, read_filter(query), MOST_DRAINED)
    return {"count": len(letters), "dead_letters": [_shown(letter) for letter in letters[:MOST_SHOWN]]}


def drain_dead_letters(ports: Ports, drain: Drain) -> dict[str, object]:
    """Does it to at most 1,000 at once, or only counts them; `left` says that there may be more."""
    letters = _found(ports, drain.filter, MOST_DRAINED + 1)
    taken = letters[:MOST_DRAINED]
    said: dict[str, object] = {"action": drain.action, "matched": len(taken), "left": len(letters) > len(taken)}
    if drain.is_dry_run:
        return {**said, "dry_run": True, "dead_letters": [_shown(letter) for letter in taken[:PAGE]]}
    work = ports.dead_letters.resubmit if drain.action == "resubmit" else ports.dead_letters.drop
    drained = 0
    for queue in sorted({letter.queue for letter in taken}):
        count = work(queue, [letter.sequence_number for letter in taken if letter.queue == queue])
        telemetry.event("dead_letters_drained", queue=queue, kind=drain.action, count=count)
        drained += count
    return {**said, "drained": drained}


def tell_dead_letters(ports: Ports, now: datetime) -> None:
    """An alert per queue that has any: how many (at most a page is counted) and the age of the oldest."""
    for queue in _queues(ports):
        letters = ports.dead_letters.peek(queue, most=PAGE)
        telemetry.measure("dead_letters", len(letters), queue=queue)
        if letters:
            age = (now - min(letter.enqueued_at for letter in letters)).total_seconds()
            telemetry.alert("dead_letters_waiting", queue=queue, count=len(letters), seconds=int(age))


def _queues(ports: Ports) -> tuple[str, str]:
    return ports.settings.queue_ingestion_requests, ports.settings.queue_databricks_run_requests


def _found(ports: Ports, wanted: DeadLetterFilter, most: int) -> list[DeadLetter]:
    if wanted.queue and wanted.queue not in _queues(ports):
        raise RequestRefusedError("unknown_queue", f"known are {', '.join(_queues(ports))}")
    found: list[DeadLetter] = []
    for queue in (wanted.queue,) if wanted.queue else _queues(ports):
        for letter in _every(ports, queue):
            if len(found) == most:
                return found
            if wanted.wants(letter):
                found.append(letter)
    return found


def _every(ports: Ports, queue: str) -> Iterator[DeadLetter]:
    page = ports.dead_letters.peek(queue, most=PAGE)
    while page:
        yield from page
        page = ports.dead_letters.peek(queue, page[-1].sequence_number, PAGE)


def _shown(letter: DeadLetter) -> dict[str, object]:
    """What is no id or code reads `hidden`: a foreign message may carry anything."""
    said = {
        "reason": letter.reason,
        "message_type": letter.message_type,
        "file_version_id": letter.file_version_id,
    }
    safe = {name: text if telemetry.SAFE_TEXT.fullmatch(text) else telemetry.HIDDEN for name, text in said.items()}
    where = {"queue": letter.queue, "sequence_number": letter.sequence_number}
    return {**where, **safe, "enqueued_at": to_wire(letter.enqueued_at)}
