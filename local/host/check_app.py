"""What Azure's host validates and the worker library does not. Each check raises HostError with one clear message."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import combinations

from local.host.app_settings import AppSettings
from local.host.errors import HostError
from local.host.function import IndexedFunction
from local.host.http_binding import http_route
from local.host.schedule import Schedule

FUNCTION_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,127}")
RESERVED_ROUTES = ("admin", "runtime")
AUTH_LEVELS = ("ANONYMOUS", "FUNCTION", "ADMIN")


def check_app(functions: Sequence[IndexedFunction], settings: AppSettings, route_prefix: str) -> None:
    """Refuses an app that Azure's host would not serve, or that asks for what this host does not do."""
    if not functions:
        raise HostError("the app has no functions: is there a function_app.py with a FunctionApp that registers any?")
    _check_names(functions)
    for function in functions:
        try:
            _check_function(function, settings, route_prefix)
        except HostError as error:
            raise HostError(f"function {function.name}: {error}") from None
    _check_routes(functions, route_prefix)


def _check_names(functions: Sequence[IndexedFunction]) -> None:
    for function in functions:
        if FUNCTION_NAME.fullmatch(function.name) is None:
            raise HostError(
                f"function name {function.name!r} must start with a letter and hold letters, digits, _ and -"
            )
    for one, other in combinations(functions, 2):
        if one.name.lower() == other.name.lower():
            raise HostError(f"function names {one.name} and {other.name} differ in case only")


def _check_function(function: IndexedFunction, settings: AppSettings, route_prefix: str) -> None:
    check = TRIGGER_CHECKS.get(function.trigger_type)
    if check is None:
        raise HostError(f"this host has no {function.trigger_type}; it has {', '.join(TRIGGER_CHECKS)}")
    if function.has_retry_policy:
        raise HostError(
            "this host carries out no retry policies; Service Bus and Event Grid deliver again by themselves"
        )
    if any(output["type"] != "http" for output in function.outputs):
        raise HostError("this host applies no output bindings but http; send through the SDK")
    check(function, settings, route_prefix)


def _check_http(function: IndexedFunction, _settings: AppSettings, route_prefix: str) -> None:
    route = http_route(function, route_prefix)
    if route.template.lower().split("/")[0] in RESERVED_ROUTES:
        raise HostError(f"route {route.template} is reserved by the host")
    if str(function.trigger.get("authLevel", "FUNCTION")).upper() not in AUTH_LEVELS:
        raise HostError(f"auth level must be one of {', '.join(AUTH_LEVELS)}")


def _check_timer(function: IndexedFunction, settings: AppSettings, _route_prefix: str) -> None:
    Schedule(settings.resolve(function.trigger["schedule"])).next_after(datetime.now(UTC))


def _check_service_bus(function: IndexedFunction, settings: AppSettings, _route_prefix: str) -> None:
    if "queueName" not in function.trigger:
        raise HostError("this host listens on queues, not on topics")
    if function.trigger.get("isSessionsEnabled"):
        raise HostError("this host has no sessions")
    if not settings.resolve(function.trigger["queueName"]):
        raise HostError("the queue name is empty")
    settings.connection(settings.resolve(function.trigger["connection"]))


def _check_event_grid(_function: IndexedFunction, settings: AppSettings, _route_prefix: str) -> None:
    name = settings.options.event_grid.connection
    if not settings.values.get(name):
        raise HostError(f"new blobs are found with the connection string in setting {name}, which does not exist")


def _check_routes(functions: Sequence[IndexedFunction], route_prefix: str) -> None:
    routed = [(f, http_route(f, route_prefix)) for f in functions if f.trigger_type == "httpTrigger"]
    for (one, route), (other, other_route) in combinations(routed, 2):
        if route.collides_with(other_route):
            raise HostError(f"functions {one.name} and {other.name} have the same route {route.template}")


TRIGGER_CHECKS: dict[str, Callable[[IndexedFunction, AppSettings, str], None]] = {
    "httpTrigger": _check_http,
    "timerTrigger": _check_timer,
    "serviceBusTrigger": _check_service_bus,
    "eventGridTrigger": _check_event_grid,
}
