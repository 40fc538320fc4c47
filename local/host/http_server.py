"""The HTTP side: functions with an HTTP trigger below the route prefix, the host's own routes below /admin."""

from collections.abc import Sequence

from aiohttp import web

from local.host.function import IndexedFunction
from local.host.http_binding import http_answer, http_input, http_route
from local.host.invocations import Invocations
from local.host.keys import is_allowed
from local.host.options import LocalOptions
from local.host.routes import first_match


class HttpFunctions:
    """Answers requests to HTTP functions as Azure does.

    401 without the right key, 404 for an unknown route or method, 413 for too large a body, 500 with an empty body for
    a function that raised or passed its time.
    """

    def __init__(
        self,
        functions: Sequence[IndexedFunction],
        route_prefix: str,
        invocations: Invocations,
        options: LocalOptions,
    ) -> None:
        self._routes = [(http_route(function, route_prefix), function) for function in functions]
        self._invocations = invocations
        self._options = options

    async def respond(self, request: web.Request) -> web.Response:
        """The answer to one request."""
        found = first_match(self._routes, request.method, request.rel_url.raw_path)
        if found is None:
            return web.Response(status=404)
        function, parameters = found
        if not is_allowed(request, str(function.trigger.get("authLevel", "FUNCTION")), self._options):
            return web.Response(status=401)
        outcome = await self._invocations.invoke(function, await http_input(request, parameters))
        return http_answer(outcome.value) if outcome.succeeded else web.Response(status=500)


async def listen(application: web.Application, port: int) -> tuple[web.AppRunner, int]:
    """Serves on 127.0.0.1; returns what stops it (`cleanup()`) and the port. Nothing is logged of a request."""
    runner = web.AppRunner(application, access_log=None, handle_signals=False)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    return runner, int(runner.addresses[0][1])
