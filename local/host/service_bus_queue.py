"""A queue's listener over the real SDK: peek-lock, renew, invoke, complete or abandon."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from azure.servicebus import ServiceBusReceivedMessage
from azure.servicebus.aio import AutoLockRenewer, ServiceBusClient, ServiceBusReceiver
from azure.servicebus.exceptions import ServiceBusError

from local.host.app_settings import Connection
from local.host.function import IndexedFunction
from local.host.host_json import HostLimits
from local.host.invocations import Invocations
from local.host.service_bus_input import messages_input, one_message_input
from local.host.stopping import Stopping

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
RECONNECT_SECONDS = 0.5


class QueueListener:
    """Delivers a queue's messages to one function, up to `max_concurrent_calls` at once.

    Completes what the function returned from, abandons what it raised on: the queue counts deliveries and dead-letters.
    Each concurrent call has a receiver of its own, and only one of them waits at a time: a receiver that waited in vain
    would keep credit, and with it the next message.
    """

    def __init__(
        self,
        function: IndexedFunction,
        queue: str,
        connection: Connection,
        limits: HostLimits,
        invocations: Invocations,
        stopping: Stopping,
    ) -> None:
        self._function = function
        self._queue = queue
        self._connection = connection
        self._is_batch = str(function.trigger.get("cardinality", "ONE")).upper() == "MANY"
        self._calls = 1 if self._is_batch else limits.max_concurrent_calls
        self._messages_per_call = limits.max_message_batch_size if self._is_batch else 1
        self._max_renewal = limits.max_auto_lock_renewal
        self._invocations = invocations
        self._stopping = stopping
        self._turn = asyncio.Lock()

    async def listen(self) -> None:
        """Runs until the host stops; by then every message taken is settled."""
        async with AsyncExitStack() as stack:
            client = await stack.enter_async_context(await _client(self._connection, stack))
            renewer = AutoLockRenewer(self._max_renewal)
            stack.push_async_callback(renewer.close)
            await asyncio.gather(*(self._serve(client, renewer) for _ in range(self._calls)))

    async def _serve(self, client: ServiceBusClient, renewer: AutoLockRenewer) -> None:
        while not self._stopping.asked:
            try:
                async with client.get_queue_receiver(self._queue) as receiver:
                    await self._serve_link(receiver, renewer)
            except ServiceBusError as error:
                fields = {"queue": self._queue, "error": type(error).__name__}
                logger.warning("queue link lost", extra={"fields": fields})
                await self._stopping.within(RECONNECT_SECONDS)

    async def _serve_link(self, receiver: ServiceBusReceiver, renewer: AutoLockRenewer) -> None:
        while True:
            async with self._turn:
                messages = await self._wait_for_messages(receiver)
            if not messages:
                return
            await self._deliver(receiver, renewer, messages)

    async def _wait_for_messages(self, receiver: ServiceBusReceiver) -> list[ServiceBusReceivedMessage]:
        messages: list[ServiceBusReceivedMessage] = []
        while not messages and not self._stopping.asked:
            messages = await receiver.receive_messages(self._messages_per_call, max_wait_time=WAIT_SECONDS)
        return messages

    async def _deliver(
        self, receiver: ServiceBusReceiver, renewer: AutoLockRenewer, messages: Sequence[ServiceBusReceivedMessage]
    ) -> None:
        for message in messages:
            renewer.register(receiver, message)
        trigger = messages_input(messages) if self._is_batch else one_message_input(messages[0])
        outcome = await self._invocations.invoke(self._function, trigger)
        settle = receiver.complete_message if outcome.succeeded else receiver.abandon_message
        for message in messages:
            try:
                await settle(message)
            except ServiceBusError as error:  # the queue delivers it again when its lock ends
                fields = {"queue": self._queue, "error": type(error).__name__}
                logger.warning("message not settled", extra={"fields": fields})


async def _client(connection: Connection, stack: AsyncExitStack) -> ServiceBusClient:
    if connection.connection_string:
        return ServiceBusClient.from_connection_string(connection.connection_string)
    from azure.identity.aio import DefaultAzureCredential

    credential = await stack.enter_async_context(DefaultAzureCredential())
    return ServiceBusClient(connection.namespace, credential)
