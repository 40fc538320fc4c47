import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

import azure.servicebus
import pytest
from azure.servicebus import ServiceBusMessage, ServiceBusReceiveMode
from azure.servicebus.aio import ServiceBusClient, ServiceBusReceiver, ServiceBusSender
from azure.servicebus.exceptions import MessageSizeExceededError

pytestmark = pytest.mark.integration


def _in_a_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    @wraps(test)
    def run(**arguments: Any) -> None:
        asyncio.run(asyncio.wait_for(test(**arguments), timeout=15))

    return run


@asynccontextmanager
async def _opened(*links: ServiceBusSender | ServiceBusReceiver) -> AsyncIterator[None]:
    """All links open; one takes half a second to open or close, so all do it at once."""
    await asyncio.gather(*(link.__aenter__() for link in links))
    yield
    await asyncio.gather(*(link.close() for link in links))


@_in_a_loop
async def test_the_asyncio_client_settles_in_every_way(queue: str, connection_string: str) -> None:
    client = ServiceBusClient.from_connection_string(connection_string)
    sender = client.get_queue_sender(queue)
    receiver = client.get_queue_receiver(queue, max_wait_time=5)
    dead_letters = client.get_queue_receiver(queue, sub_queue="deadletter", max_wait_time=5)
    async with client, _opened(sender, receiver, dead_letters):
        await sender.send_messages([ServiceBusMessage(name) for name in ("complete", "abandon", "defer", "bury")])
        complete, abandon, defer, bury = await receiver.receive_messages(4)
        await receiver.complete_message(complete)
        await receiver.abandon_message(abandon)
        await receiver.defer_message(defer)
        await receiver.dead_letter_message(bury, reason="bad")
        (again,) = await receiver.receive_messages()
        assert (str(again), again.delivery_count) == ("abandon", 1)
        assert await receiver.renew_message_lock(again) > datetime.now(UTC)
        assert defer.sequence_number is not None
        (deferred,) = await receiver.receive_deferred_messages(defer.sequence_number)
        await receiver.complete_message(deferred)
        (dead_letter,) = await dead_letters.receive_messages()
        assert (str(dead_letter), dead_letter.dead_letter_reason) == ("bury", "bad")


@_in_a_loop
async def test_the_asyncio_client_schedules_peeks_and_deletes(queue: str, connection_string: str) -> None:
    client = ServiceBusClient.from_connection_string(connection_string)
    sender = client.get_queue_sender(queue)
    receiver = client.get_queue_receiver(queue, receive_mode=ServiceBusReceiveMode.RECEIVE_AND_DELETE, max_wait_time=5)
    async with client, _opened(sender, receiver):
        due = datetime.now(UTC) + timedelta(seconds=0.5)
        kept, cancelled = await sender.schedule_messages([ServiceBusMessage("kept"), ServiceBusMessage("no")], due)
        await sender.cancel_scheduled_messages(cancelled)
        assert [message.sequence_number for message in await receiver.peek_messages(10)] == [kept]
        assert [str(message) for message in await receiver.receive_messages()] == ["kept"]
        assert await receiver.peek_messages(10, sequence_number=1) == []


@_in_a_loop
async def test_the_asyncio_client_is_refused_as_the_other_is(queue: str, connection_string: str) -> None:
    client = ServiceBusClient.from_connection_string(connection_string)
    sender = client.get_queue_sender(queue)
    async with client, _opened(sender):
        with pytest.raises(MessageSizeExceededError):
            await sender.send_messages(ServiceBusMessage(b"x" * 300_000))


@_in_a_loop
async def test_ten_clients_are_served_at_once(
    queue: str, connection_string: str, receiver: azure.servicebus.ServiceBusReceiver
) -> None:
    async def send(number: int) -> None:
        async with (
            ServiceBusClient.from_connection_string(connection_string) as client,
            client.get_queue_sender(queue) as sender,
        ):
            await sender.send_messages(ServiceBusMessage(str(number)))

    await asyncio.gather(*(send(number) for number in range(10)))
    peeked = await asyncio.to_thread(receiver.peek_messages, 100)
    assert sorted(int(str(message)) for message in peeked) == list(range(10))
