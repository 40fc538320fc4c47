"""The host refuses what Azure's host would refuse, and what it cannot do itself."""

from typing import Any

import pytest

from local.host.app_settings import AppSettings
from local.host.check_app import check_app
from local.host.errors import HostError
from local.host.function import IndexedFunction
from local.host.options import LocalOptions

SETTINGS = AppSettings({"AzureWebJobsStorage": "x", "BUS": "x", "QUEUE": "q", "EMPTY": ""}, LocalOptions())


def function(name: str = "one", trigger: str = "httpTrigger", **binding: Any) -> IndexedFunction:
    retry = binding.pop("retry", False)
    outputs = binding.pop("outputs", [])
    return IndexedFunction.from_bindings(name, name, [{"type": trigger, "name": "x"} | binding, *outputs], retry)


def queue_function(**binding: Any) -> IndexedFunction:
    return function(trigger="serviceBusTrigger", **({"queueName": "%QUEUE%", "connection": "BUS"} | binding))


def test_a_sound_app_passes() -> None:
    functions = [
        function("list_them", route="ingestions", methods=["GET"], outputs=[{"type": "http", "name": "$return"}]),
        function("post_one", route="ingestions", methods=["POST"], authLevel="ANONYMOUS"),
        function("tick", "timerTrigger", schedule="0 0 * * * *"),
        function("arrive", "eventGridTrigger"),
        queue_function(),
    ]
    check_app(functions, SETTINGS, "api")


@pytest.mark.parametrize(
    ("functions", "named"),
    [
        ([], "no functions"),
        ([function("1st")], "function name '1st'"),
        ([function("one", route="a"), function("One", route="b")], "one and One differ in case only"),
        ([function("a", route="x/{id}"), function("b", route="x/{name}")], "functions a and b have the same route"),
        ([function(route="a//b")], "function one: route"),
        ([function(authLevel="USER")], "auth level"),
        ([function(trigger="blobTrigger")], "has no blobTrigger"),
        ([function(trigger="timerTrigger", schedule="soon")], "function one: 'soon'"),
        ([function(trigger="timerTrigger", schedule="%NONE%")], "function one: %NONE%"),
        ([function(trigger="timerTrigger", schedule="0 0 0 31 2 *")], "never due"),
        ([queue_function(connection="NONE")], "NONE__fullyQualifiedNamespace"),
        ([queue_function(queueName="%NONE%")], "%NONE%"),
        ([queue_function(queueName="%EMPTY%")], "queue name is empty"),
        ([queue_function(isSessionsEnabled=True)], "no sessions"),
        ([function(trigger="serviceBusTrigger", topicName="t", connection="BUS")], "not on topics"),
        ([queue_function(retry=True)], "no retry policies"),
        ([queue_function(outputs=[{"type": "serviceBus", "name": "out"}])], "no output bindings"),
    ],
)
def test_an_unsound_app_is_refused_by_name(functions: list[IndexedFunction], named: str) -> None:
    with pytest.raises(HostError) as refused:
        check_app(functions, SETTINGS, "api")
    assert named in str(refused.value)


def test_an_event_grid_function_needs_its_storage_connection() -> None:
    with pytest.raises(HostError, match="AzureWebJobsStorage"):
        check_app([function(trigger="eventGridTrigger")], AppSettings({}, LocalOptions()), "api")


def test_a_route_of_the_hosts_own_is_refused_where_there_is_no_prefix() -> None:
    check_app([function(route="admin/keys")], SETTINGS, "api")
    with pytest.raises(HostError, match="reserved"):
        check_app([function(route="admin/keys")], SETTINGS, "")
