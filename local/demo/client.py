"""The HTTP API as a user calls it."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen


class ApiError(Exception):
    """The API refused; `code` is its stable error code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Client:
    """Talks to one function app with its function key and, for firing timers by hand, its master key."""

    def __init__(self, address: str, function_key: str, master_key: str) -> None:
        self._address = address
        self._function_key = function_key
        self._master_key = master_key

    def get(self, path: str, **query: object) -> Any:
        """The JSON answer of `GET /api/<path>`."""
        tail = f"?{urlencode(query)}" if query else ""
        return self._call("GET", f"/api/{path}{tail}", self._function_key)

    def post(self, path: str, body: Mapping[str, object], idempotency_key: str = "") -> Any:
        """The JSON answer of `POST /api/<path>`."""
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._call("POST", f"/api/{path}", self._function_key, body, headers)

    def fire(self, function_name: str) -> None:
        """Runs a timer function at once."""
        self._call("POST", f"/admin/functions/{function_name}", self._master_key, {"input": ""})

    def ingestions(self, **filters: object) -> Iterator[Mapping[str, Any]]:
        """All ingestions that pass the filters, page by page."""
        page = ""
        while True:
            said = self.get("ingestions", limit=500, **filters, **({"page": page} if page else {}))
            yield from said["ingestions"]
            page = said["next_page"]
            if not page:
                return

    def _call(
        self,
        method: str,
        path: str,
        key: str,
        body: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        sent = {"x-functions-key": key, "Content-Type": "application/json", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        request = Request(self._address + path, data, sent, method=method)  # noqa: S310  # loopback, from world.json
        try:
            with urlopen(request, timeout=60) as answer:  # noqa: S310
                text = answer.read()
        except HTTPError as refusal:
            raise ApiError(refusal.code, _code(refusal.read())) from None
        return json.loads(text) if text else None


def _code(text: bytes) -> str:
    try:
        return str(json.loads(text)["error"])
    except (ValueError, KeyError, TypeError):
        return "no_code"
