"""Queue functions: the SDK's receiver, and the settlement that follows from how the function ended."""

from collections.abc import Callable
from typing import Any

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusSubQueue

from local.supervisor.world import World

pytestmark = pytest.mark.integration

Read = Callable[..., list[dict[str, Any]]]
Send = Callable[[str, list[Any]], None]
Eventually = Callable[[Callable[[], Any]], Any]


def waiting(world: World, queue: str, **where: Any) -> list[str]:
    with (
        ServiceBusClient.from_connection_string(world.settings["RCM_SERVICE_BUS"]) as client,
        client.get_queue_receiver(queue, **where) as receiver,
    ):
        return [str(message) for message in receiver.peek_messages(max_message_count=50)]


def test_a_message_is_delivered_once_and_completed(
    world: World, send: Send, notes: Read, eventually: Eventually
) -> None:
    send("sample-messages", [{"case": "plain"}])
    (note,) = eventually(lambda: notes("receive_one", "plain"))
    assert (note["delivery_count"], note["properties"]) == (1, {"a": 1})
    eventually(lambda: not [body for body in waiting(world, "sample-messages") if "plain" in body])
    assert len(notes("receive_one", "plain")) == 1


def test_a_function_that_raises_gets_its_message_again(send: Send, notes: Read, eventually: Eventually) -> None:
    send("sample-messages", [{"case": "second try", "fail_first": 1}])
    eventually(lambda: len(notes("receive_one", "second try")) == 2)
    assert [note["delivery_count"] for note in notes("receive_one", "second try")] == [1, 2]


def test_a_message_that_always_fails_is_dead_lettered(
    world: World, send: Send, notes: Read, eventually: Eventually
) -> None:
    send("sample-messages", [{"case": "poison", "fail_first": 99}])
    dead = eventually(
        lambda: [
            text
            for text in waiting(world, "sample-messages", sub_queue=ServiceBusSubQueue.DEAD_LETTER)
            if "poison" in text
        ]
    )
    assert len(dead) == 1
    assert [note["delivery_count"] for note in notes("receive_one", "poison")] == [1, 2, 3]


def test_a_call_that_outlives_its_lock_keeps_it(world: World, send: Send, notes: Read, eventually: Eventually) -> None:
    send("sample-messages", [{"case": "long", "seconds": 4}])
    eventually(lambda: notes("receive_one", "long"))
    eventually(lambda: not [body for body in waiting(world, "sample-messages") if "long" in body])
    assert [note["delivery_count"] for note in notes("receive_one", "long")] == [1]


def test_as_many_calls_go_on_at_once_as_host_json_says(
    world: World, call: Callable[..., Any], send: Send, notes: Read, eventually: Eventually
) -> None:
    send("sample-messages", [{"case": "together", "seconds": 2}] * 6)
    seen: set[int] = set()

    def settled() -> bool:
        seen.add(call("GET", "/admin/host/status", world.master_key).json()["running"])
        return len(notes("receive_one", "together")) == 6

    eventually(settled)
    assert max(seen) >= 4
    assert len(notes("receive_one", "together")) == 6


def test_a_function_that_takes_many_gets_them_together(send: Send, notes: Read, eventually: Eventually) -> None:
    send("sample-groups", [{"case": "group", "n": n} for n in range(5)])
    eventually(lambda: sum(len(note["bodies"]) for note in notes("receive_many", "group")) == 5)
    calls = notes("receive_many", "group")
    assert max(len(call["bodies"]) for call in calls) > 1
    assert [count for call in calls for count in call["delivery_counts"]] == [1] * 5
