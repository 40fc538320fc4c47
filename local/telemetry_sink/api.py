"""`POST /v2.1/track` (and `/v2/track`) as Application Insights answers it; `GET /envelopes[?type=]` to look."""

import json
from typing import Any

from aiohttp import web

from local.telemetry_sink.envelopes import EnvelopeStore

MAX_REQUEST_BYTES = 16 * 1024 * 1024


def application(store: EnvelopeStore) -> web.Application:
    """The HTTP application over a store."""

    async def track(request: web.Request) -> web.Response:
        envelopes = _envelopes(await request.read())
        store.add(envelopes)
        count = len(envelopes)
        return web.json_response({"itemsReceived": count, "itemsAccepted": count, "errors": []})

    async def show(request: web.Request) -> web.Response:
        return web.json_response(list(store.read(request.query.get("type"))))

    served = web.Application(client_max_size=MAX_REQUEST_BYTES)
    served.add_routes([web.post("/v2.1/track", track), web.post("/v2/track", track), web.get("/envelopes", show)])
    return served


def _envelopes(body: bytes) -> list[dict[str, Any]]:
    """One JSON array, one object, or one object a line. aiohttp has undone the gzip that exporters use."""
    try:
        text = body.decode("utf-8")
        content = (
            json.loads(text) if text.lstrip().startswith("[") else [json.loads(line) for line in text.splitlines()]
        )
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="not JSON") from None
    if not all(isinstance(envelope, dict) for envelope in content):
        raise web.HTTPBadRequest(text="not envelopes")
    return content
