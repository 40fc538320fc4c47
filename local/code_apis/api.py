"""The HTTP application: three services in their real shapes on one port, and a door for tests.

`GET /api/` NPPES · `GET /api/icd10cm/v3/search` Clinical Tables · `GET /files/zip/<name>` releases of CMS ·
`GET /admin/calls` how often each path was asked · `POST /admin/faults` adds one · `DELETE /admin/faults` clears them.
"""

from collections import Counter
from typing import Any

from aiohttp import web

from local.code_apis import clinical_tables, nppes
from local.code_apis.faults import Fault, Faults
from local.code_apis.releases import release

SMALL_SHARE = 0.3


class CodeApis:
    """What was asked, and what is to go wrong, in memory."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._faults = Faults()
        self._calls = Counter[str]()

    def application(self) -> web.Application:
        served = web.Application()
        served.add_routes(
            [
                web.get("/api/", self.ask_nppes),
                web.get("/api/icd10cm/v3/search", self.search),
                web.get("/files/zip/{name}", self.download),
                web.post("/admin/faults", self.add_fault),
                web.delete("/admin/faults", self.clear_faults),
                web.get("/admin/calls", self.count_calls),
            ]
        )
        return served

    async def ask_nppes(self, request: web.Request) -> web.Response:
        fault = self._met(request)
        return _spoiled(request, fault) or web.json_response(_nppes(request, self._seed, fault))

    async def search(self, request: web.Request) -> web.Response:
        fault = self._met(request)
        return _spoiled(request, fault) or _searched(dict(request.query), fault)

    async def download(self, request: web.Request) -> web.Response:
        fault = self._met(request)
        return _spoiled(request, fault) or _release(request.match_info["name"], fault)

    async def add_fault(self, request: web.Request) -> web.Response:
        try:
            self._faults.add(Fault.from_mapping(await request.json()))
        except (TypeError, ValueError) as wrong:
            raise web.HTTPBadRequest(text=str(wrong)) from None
        return web.json_response({})

    async def clear_faults(self, _: web.Request) -> web.Response:
        self._faults.clear()
        return web.json_response({})

    async def count_calls(self, _: web.Request) -> web.Response:
        return web.json_response(dict(self._calls))

    def _met(self, request: web.Request) -> Fault | None:
        self._calls[request.path] += 1
        return self._faults.meet(request.path)


def _spoiled(request: web.Request, fault: Fault | None) -> web.Response | None:
    """The answer of a fault that needs no right one beside it."""
    match fault:
        case Fault(kind="status", status=status, retry_after=wait):
            return web.Response(status=status, headers={"Retry-After": wait} if wait else {})
        case Fault(kind="html"):
            return web.Response(text="<!doctype html><title>Maintenance</title>", content_type="text/html")
        case Fault(kind="redirect"):
            return web.Response(status=302, headers={"Location": "http://169.254.169.254/metadata/instance"})
        case Fault(kind="drop"):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case _:
            return None


def _nppes(request: web.Request, seed: int, fault: Fault | None) -> dict[str, Any]:
    if fault and fault.kind == "errors":
        return nppes.errors("Internal error", "99", "")
    return nppes.answer(request.query, seed)


def _searched(query: dict[str, str], fault: Fault | None) -> web.Response:
    kind = fault.kind if fault else ""
    try:
        found = clinical_tables.answer(query | ({"offset": "0"} if kind == "repeated_page" else {}))
    except (KeyError, ValueError):
        return web.Response(status=400)
    if kind == "changed_total":
        found[0] += 1
    if kind == "empty_page":
        found[1:] = [[], None, []]
    return web.json_response(found)


def _release(name: str, fault: Fault | None) -> web.Response:
    archive = release(name, SMALL_SHARE if fault and fault.kind == "small_set" else 1.0)
    if archive is None:
        return web.Response(status=404)
    return web.Response(body=archive, content_type="application/zip")
