"""A storm of requests while files go on arriving: the queue is worked in its order, and arrivals keep their share."""

import json

from shared.flows.follow_request import AT_ONCE
from shared.flows.reprocess import accept
from shared.model import commit
from shared.model.ingestion import Status
from shared.model.request import OPEN, RequestKind, Selection
from shared.testing.fake_message_bus import Delivery
from shared.testing.line import Line

PATH = "emr/hospital_{}/2026-01-{:02d}/departments_{}.csv"
QUEUE = "ingestion-requests"
ARRIVED_BEFORE, ARRIVING, REQUESTS, TARGETS = 60, 10, 30, 20


def drop(line: Line, number: int) -> str:
    return line.drop(PATH.format("ab"[number % 2], number % 28 + 1, number), f"DeptID,Name\nD{number},x\n".encode())


def next_message(line: Line) -> Delivery:
    delivery = line.ports.bus.receive(QUEUE)
    assert delivery
    return delivery


def is_work(delivery: Delivery) -> bool:
    return "file_version_id" in json.loads(delivery.body)


def storm(line: Line, about: list[str]) -> None:
    """Many requests, each for more than a share holds; some of their work is done when this returns."""
    for number in range(REQUESTS):
        start = number * len(about) // REQUESTS
        selection = Selection(file_version_ids=tuple(about[start:] + about[:start])[:TARGETS])
        accept(line.ports, RequestKind.REPROCESS, selection, f"caller {number}", "key")
    for _ in range(5 * AT_ONCE):
        line.take(next_message(line))


def test_all_requests_of_a_storm_together_put_no_more_than_a_share_before_an_arrival(line: Line) -> None:
    before = [drop(line, number) for number in range(ARRIVED_BEFORE)]
    line.settle()
    storm(line, before)
    arriving = {drop(line, ARRIVED_BEFORE + number) for number in range(ARRIVING)}
    worked = 0
    while any(line.ingestion(one).status is Status.ARRIVED for one in arriving):
        delivery = next_message(line)
        worked += is_work(delivery)
        line.take(delivery)
    assert ARRIVING < worked <= ARRIVING + AT_ONCE


def test_every_request_of_a_storm_comes_to_its_turn_and_its_end(line: Line) -> None:
    before = [drop(line, number) for number in range(ARRIVED_BEFORE)]
    line.settle()
    storm(line, before)
    line.settle()
    assert min(line.ingestion(one).generation for one in before) >= 2
    assert not list(line.ports.ledger.scan(commit.REQUESTS, OPEN))
