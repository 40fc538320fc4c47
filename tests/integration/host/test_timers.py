"""Timer functions: by schedule, at start, by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from local.supervisor.world import World

pytestmark = pytest.mark.integration

Read = Callable[..., list[dict[str, Any]]]
Call = Callable[..., Any]
Eventually = Callable[[Callable[[], Any]], Any]


def test_a_timer_fires_tick_after_tick(notes: Read, eventually: Eventually) -> None:
    so_far = len(notes("every_second"))
    eventually(lambda: len(notes("every_second")) >= so_far + 2)
    assert not any(note["past_due"] for note in notes("every_second"))


def test_a_timer_that_is_to_run_at_start_has(notes: Read, eventually: Eventually) -> None:
    assert len(eventually(lambda: notes("at_start"))) == 1


def test_a_timer_fires_by_hand_with_the_master_key_only(world: World, call: Call, notes: Read) -> None:
    path = "/admin/functions/every_year"
    assert call("POST", path, world.function_key, json={}).status == 401
    assert notes("every_year") == []
    answer = call("POST", path, world.master_key, json={}, headers={"Prefer": "wait"})
    assert (answer.status, answer.json()["status"]) == (200, "succeeded")
    assert len(notes("every_year")) == 1


def test_a_queue_function_fires_by_hand_with_a_body_of_ones_own(world: World, call: Call, notes: Read) -> None:
    body = '{"case": "by hand"}'
    answer = call(
        "POST", "/admin/functions/Receive_One", world.master_key, json={"input": body}, headers={"Prefer": "wait"}
    )
    assert answer.status == 200
    assert [note["body"] for note in notes("receive_one", "by hand")] == [{"case": "by hand"}]


def test_firing_by_hand_tells_of_a_failure(world: World, call: Call) -> None:
    answer = call(
        "POST", "/admin/functions/receive_one", world.master_key, json={"input": "?"}, headers={"Prefer": "wait"}
    )
    assert (answer.status, answer.json()) == (500, {"status": "failed", "error": "JSONDecodeError"})


@pytest.mark.parametrize("name", ["nothing", "greet"])
def test_only_functions_without_http_fire_by_hand(world: World, call: Call, name: str) -> None:
    assert call("POST", f"/admin/functions/{name}", world.master_key, json={}).status == 404


def test_an_admin_request_that_is_not_an_object_is_refused(world: World, call: Call) -> None:
    for body in (b"[]", b"{", b"[" * 50_000):
        assert call("POST", "/admin/functions/every_year", world.master_key, body=body).status == 400
