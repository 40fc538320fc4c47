"""HTTP functions behave to a caller as they do in Azure."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.supervisor.world import World

pytestmark = pytest.mark.integration

Call = Callable[..., Any]


def host_log(world: World) -> list[dict[str, Any]]:
    lines = world.plan.log("host").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_a_request_reaches_its_function_with_route_query_and_trace(world: World, call: Call) -> None:
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer = call("GET", "/api/greet/Bo%2Fb?x=1&x=2", world.function_key, headers={"traceparent": trace})
    assert answer.status == 200
    assert answer.json() == {"name": "Bo/b", "query": {"x": "1,2"}, "trace": trace}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["set-cookie"] == "seen=yes; Path=/"


def test_the_key_may_stand_in_the_query(world: World, call: Call) -> None:
    assert call("GET", f"/api/greet/a?code={world.function_key}").status == 200


@pytest.mark.parametrize("key", ["", "wrong", "ключ"])
def test_a_request_without_the_function_key_is_refused(call: Call, key: str) -> None:
    assert call("GET", "/api/greet/a", key.encode().decode("latin-1")).status == 401


def test_a_function_of_level_admin_wants_the_master_key(world: World, call: Call) -> None:
    assert call("GET", "/api/restricted", world.function_key).status == 401
    assert call("GET", "/api/restricted", world.master_key).data == b"open"


@pytest.mark.parametrize(("method", "path"), [("GET", "/api/nothing"), ("POST", "/api/greet/a"), ("GET", "/greet/a")])
def test_an_unknown_route_or_method_is_not_found(world: World, call: Call, method: str, path: str) -> None:
    assert call(method, path, world.function_key).status == 404


def test_a_body_passes_through_byte_for_byte(call: Call) -> None:
    body = b'{"b": 1,\r\n "a": "\xc3\xa9"}'
    answer = call("POST", "/api/echo", body=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.data) == (201, body)


def test_an_async_function_takes_json_and_its_log_lines_carry_the_invocation(world: World, call: Call) -> None:
    assert call("POST", "/api/echo-json", json={"n": [1, None]}).json() == {"n": [1, None]}
    spoken = [line for line in host_log(world) if line["logger"] == "sample"]
    invoked = {line["invocation_id"] for line in host_log(world) if line.get("function") == "echo_json"}
    assert {line["invocation_id"] for line in spoken} == invoked


def test_a_body_over_the_limit_is_refused(call: Call) -> None:
    headers = {"Content-Type": "text/plain"}
    assert call("POST", "/api/echo", body=b"x" * 90_000, headers=headers).status == 201
    assert call("POST", "/api/echo", body=b"x" * 110_000, headers=headers).status == 413
    assert call("POST", "/api/echo", body=iter([b"x" * 60_000] * 2), headers=headers).status == 413


def test_what_a_function_raises_is_a_500_that_says_nothing(world: World, call: Call) -> None:
    answer = call("GET", "/api/misbehave/raise")
    assert (answer.status, answer.data) == (500, b"")
    assert "123-45-6789" not in world.plan.log("host").read_text()
    logged = [line for line in host_log(world) if line.get("error") == "ValueError"]
    assert logged
    assert logged[-1]["frames"][-1].startswith("function_app.py:")


def test_a_function_that_exits_does_not_take_the_host_with_it(world: World, call: Call) -> None:
    assert call("GET", "/api/misbehave/exit").status == 500
    assert call("GET", "/api/greet/a", world.function_key).status == 200


def test_a_function_past_its_time_counts_as_failed(world: World, call: Call) -> None:
    assert call("GET", "/api/misbehave/hang").status == 500
    assert any(line.get("status") == "timed_out" for line in host_log(world))


def test_the_host_tells_its_state_to_the_master_key_only(world: World, call: Call) -> None:
    assert call("GET", "/admin/host/status", world.function_key).status == 401
    assert call("GET", "/admin/host/status", world.master_key).json()["state"] == "Running"
