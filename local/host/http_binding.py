"""An HTTP request as a function's input, and a function's return value as an HTTP answer."""

from collections.abc import Iterable, Mapping
from email.utils import formatdate
from http.cookies import SimpleCookie

from aiohttp import web

from local.host.function import IndexedFunction
from local.host.protos import Message, TypedData
from local.host.routes import Route
from local.host.worker import TriggerInput

HOP_BY_HOP = {"connection", "content-length", "transfer-encoding"}


def http_route(function: IndexedFunction, route_prefix: str) -> Route:
    """The function's route below the prefix; without one of its own, its name."""
    template = str(function.trigger.get("route") or function.name).strip("/")
    methods = frozenset(str(method).upper() for method in function.trigger.get("methods") or ())
    return Route.parse(f"{route_prefix}/{template}".strip("/"), methods)


async def http_input(request: web.Request, route_parameters: Mapping[str, str]) -> TriggerInput:
    """Reads the request whole: bodies travel as bytes, header names in lower case, repeated values joined by commas.

    Raises aiohttp's 413 for a body over the application's limit.
    """
    message = Message(
        method=request.method,
        url=str(request.url),
        headers=_joined((name.lower(), value) for name, value in request.headers.items()),
        params=dict(route_parameters),
        query=_joined(request.query.items()),
        body=TypedData(bytes=await request.read()),
    )
    return TriggerInput(TypedData(http=message), trace_parent=request.headers.get("traceparent", ""))


def http_answer(value: TypedData | None) -> web.Response:
    """The answer a return value means: an HttpResponse as it is, a text as 200, nothing as 204."""
    kind = value.WhichOneof("data") if value is not None else None
    if value is None or kind is None:
        return web.Response(status=204)
    if kind != "http":
        return web.Response(text=str(getattr(value, kind)))
    headers = {name: text for name, text in value.http.headers.items() if name.lower() not in HOP_BY_HOP}
    answer = web.Response(status=int(value.http.status_code), headers=headers, body=value.http.body.bytes)
    for cookie in value.http.cookies or ():
        answer.headers.add("Set-Cookie", _cookie_text(cookie))
    return answer


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def _cookie_text(cookie: Message) -> str:
    jar: SimpleCookie = SimpleCookie({cookie.name: cookie.value})
    attributes = {
        "domain": cookie.domain and cookie.domain.value,
        "path": cookie.path and cookie.path.value,
        "expires": cookie.expires and formatdate(cookie.expires.value.seconds, usegmt=True),
        "max-age": cookie.max_age and int(cookie.max_age.value),
        "secure": cookie.secure and cookie.secure.value,
        "httponly": cookie.http_only and cookie.http_only.value,
        "samesite": cookie.same_site,
    }
    jar[cookie.name].update({name: value for name, value in attributes.items() if value})
    return jar.output(header="").strip()
