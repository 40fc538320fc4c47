"""A storm of requests while files go on arriving: the queue is worked in its order, and arrivals keep their share."""

import json

from shared.flows.reprocess import accept
from shared.model.ingestion import Status
from shared.model.request import RequestKind, Selection
from shared.testing.fake_message_bus import Delivery
from shared.testing.line import Line

PATH = "emr/hospital_{}/2026-01-{:02d}/departments_{}.csv"
QUEUE = "ingestion-requests"
ARRIVED_BEFORE, ARRIVING, REQUESTS, TARGETS = 60, 30, 12, 40


def drop(line: Line, number: int) -> str:
    return line.drop(PATH.format("ab"[number % 2], number % 28 + 1, number), f"DeptID,Name\nD{number},x\n".encode())


def next_message(line: Line) -> Delivery:
    delivery = line.ports.bus.receive(QUEUE)
    assert delivery
    return delivery


def is_work(delivery: Delivery) -> bool:
    return "file_version_id" in json.loads(delivery.body)


def test_arrivals_keep_at_least_half_of_the_work_in_a_storm_of_reprocess_requests(line: Line) -> None:
    before = [drop(line, number) for number in range(ARRIVED_BEFORE)]
    line.settle()
    for number in range(REQUESTS):
        start = number * ARRIVED_BEFORE // REQUESTS
        selection = Selection(file_version_ids=tuple(before[start:] + before[:start])[:TARGETS])
        accept(line.ports, RequestKind.REPROCESS, selection, f"caller {number}", "key")
    for _ in range(REQUESTS):  # every request has had its first share when the files begin to arrive
        line.take(next_message(line))
    arriving = {drop(line, ARRIVED_BEFORE + number) for number in range(ARRIVING)}
    worked = 0
    while any(line.ingestion(one).status is Status.ARRIVED for one in arriving):
        delivery = next_message(line)
        worked += is_work(delivery)
        line.take(delivery)
    assert len(arriving) / worked >= 0.5
    line.settle()
    assert min(line.ingestion(one).generation for one in before) >= 2
