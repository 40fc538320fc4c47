"""The host's own routes, all behind the master key.

- `POST /admin/functions/<name>`, body `{"input": text}`: fires a function that is not HTTP, as in Azure: 202 at once.
  With the header `Prefer: wait` the answer comes when it ended: 200 or 500 with `{"status", "error"}`.
- `GET /admin/host/status`: `{"state": "Running", "running": invocations in progress}`.
- `GET | PUT /admin/local/event-grid`: the switches of the Event Grid twin, and its counts.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from local.host.event_grid.switches import SwitchBoard
from local.host.function import IndexedFunction
from local.host.invocations import Invocations, Outcome
from local.host.keys import is_allowed
from local.host.options import LocalOptions
from local.host.worker import TriggerInput

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]
ByHand = Callable[[str], TriggerInput]


class AdminRoutes:
    """Adds the routes to an application. `by_hand` makes a function's input from the text a person sent."""

    def __init__(
        self,
        functions: Sequence[IndexedFunction],
        by_hand: Mapping[str, ByHand],
        invocations: Invocations,
        switches: SwitchBoard,
        options: LocalOptions,
    ) -> None:
        self._functions = {function.name.lower(): function for function in functions}
        self._by_hand = by_hand
        self._invocations = invocations
        self._switches = switches
        self._options = options
        self._fired: set[asyncio.Task[Outcome]] = set()

    def add_to(self, application: web.Application) -> None:
        application.router.add_post("/admin/functions/{name}", self._guarded(self._fire))
        application.router.add_get("/admin/host/status", self._guarded(self._status))
        application.router.add_get("/admin/local/event-grid", self._guarded(self._show_switches))
        application.router.add_put("/admin/local/event-grid", self._guarded(self._set_switches))

    def _guarded(self, respond: Respond) -> Respond:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if not is_allowed(request, "ADMIN", self._options):
                return web.Response(status=401)
            return await respond(request)

        return guarded

    async def _fire(self, request: web.Request) -> web.Response:
        function = self._functions.get(request.match_info["name"].lower())
        make_input = self._by_hand.get(function.trigger_type) if function else None
        if function is None or make_input is None:
            return web.Response(status=404)
        body = await _json_object(request)
        task = asyncio.create_task(self._invocations.invoke(function, make_input(str(body.get("input", "")))))
        self._fired.add(task)
        task.add_done_callback(self._fired.discard)
        if "wait" not in request.headers.get("Prefer", ""):
            return web.Response(status=202)
        outcome = await asyncio.shield(task)
        return web.json_response(
            {"status": outcome.status, "error": outcome.error_type}, status=200 if outcome.succeeded else 500
        )

    async def _status(self, _request: web.Request) -> web.Response:
        return web.json_response({"state": "Running", "running": self._invocations.running_count})

    async def _show_switches(self, _request: web.Request) -> web.Response:
        return web.json_response(self._switches.to_json())

    async def _set_switches(self, request: web.Request) -> web.Response:
        try:
            self._switches.set(await _json_object(request))
        except ValueError as error:
            raise web.HTTPBadRequest(text=str(error)) from None
        return web.json_response(self._switches.to_json())


async def _json_object(request: web.Request) -> dict[str, Any]:
    text = await request.read()
    try:
        body = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="the body must be a JSON object")
    return body
