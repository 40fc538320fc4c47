from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue
from typing import Any

import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusMessageState
from azure.servicebus.exceptions import MessageLockLostError, ServiceBusError

# The SDK leaves sockets open when a broker dies.
pytestmark = [pytest.mark.integration, pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")]

StartBroker = Callable[..., Any]
Connect = Callable[[str], Any]


def test_a_killed_broker_forgets_nothing_it_answered_for(start_broker: StartBroker, connect: Connect) -> None:
    broker = start_broker()
    desk = connect(broker.connection_string).open_desk("requests")
    names = ["completed", "abandoned", "deferred", "buried", "locked", "waiting"]
    desk.sender.send_messages([ServiceBusMessage(name, message_id=name) for name in names])
    completed, abandoned, deferred, buried, locked = desk.receiver.receive_messages(5)
    desk.receiver.complete_message(completed)
    desk.receiver.abandon_message(abandoned)
    desk.receiver.defer_message(deferred)
    desk.receiver.dead_letter_message(buried, reason="bad")
    due = datetime.now(UTC) + timedelta(hours=1)
    (number,) = desk.sender.schedule_messages(ServiceBusMessage("scheduled", message_id="scheduled"), due)
    broker.kill()
    start_broker(port=broker.port)
    with pytest.raises(MessageLockLostError):
        desk.receiver.complete_message(locked)
    desk = connect(broker.connection_string).open_desk("requests")
    desk.sender.send_messages([ServiceBusMessage("again", message_id=name) for name in [*names, "scheduled"]])
    active = [(str(message), message.delivery_count) for message in desk.receiver.receive_messages(9)]
    assert active == [("abandoned", 1), ("locked", 0), ("waiting", 0)]
    peeked = desk.receiver.peek_messages(9, sequence_number=1)
    scheduled = [message for message in peeked if message.state == ServiceBusMessageState.SCHEDULED]
    assert [(str(message), message.sequence_number) for message in scheduled] == [("scheduled", number)]
    assert [str(each) for each in desk.receiver.receive_deferred_messages(deferred.sequence_number)] == ["deferred"]
    (dead_letter,) = desk.dead_letters.receive_messages()
    assert (str(dead_letter), dead_letter.dead_letter_reason) == ("buried", "bad")


def test_a_broker_killed_at_work_loses_nothing_and_repeats_nothing_completed(
    start_broker: StartBroker, connect: Connect
) -> None:
    broker = start_broker()
    desk = connect(broker.connection_string).open_desk("requests")
    expected = [f"message-{number}" for number in range(200)]
    completed: list[str] = []
    orders: SimpleQueue[str] = SimpleQueue()
    was_killed_receiving = False

    def kill_and_start_when_told() -> None:
        running = broker
        while orders.get() == "now":
            running.kill()
            running = start_broker(port=broker.port)

    with ThreadPoolExecutor(max_workers=1) as threads:
        killing = threads.submit(kill_and_start_when_told)
        for number, body in enumerate(expected):
            if number == 100:
                orders.put("now")
            desk.sender.send_messages(ServiceBusMessage(body, message_id=body))
        while len(completed) < len(expected):
            try:
                for message in desk.receiver.receive_messages(30):
                    if not was_killed_receiving and len(completed) >= 100:
                        orders.put("now")
                        was_killed_receiving = True
                    desk.receiver.complete_message(message)
                    completed.append(str(message))
            except ServiceBusError:
                # What was not confirmed may have been done all the same: such a message must not come again.
                peeked = desk.receiver.peek_messages(len(expected), sequence_number=1)
                completed = sorted(set(expected) - {str(each) for each in peeked})
        orders.put("enough")
        killing.result()
    assert sorted(completed) == sorted(expected)
    assert desk.receiver.peek_messages(9, sequence_number=1) == []
