"""Code APIs over HTTP: allowed origins only, no redirects, bounded in bytes and time, patient where asked to be."""

import time
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import urllib3

from shared.adapters.http_answers import read_body, refusal
from shared.adapters.http_origins import DEFAULT_PORTS, Guard, Origin
from shared.errors import ConfigurationError, ThrottledError, TransientError
from shared.settings import Settings

TRIES: Final = 4
SHORTEST_WAIT: Final = 1.0
LONGEST_WAIT: Final = 20.0
TIMEOUT: Final = urllib3.Timeout(connect=5, read=30)


class HttpCodeSetReader:
    """Fulfils `CodeSetReader`. Its errors name the origin and the status, never the query or the answer."""

    def __init__(
        self, settings: Settings, guard: Guard | None = None, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._base_urls = settings.code_origins
        self._guard = guard or Guard.of(settings.http_allowed_origins, is_local=not settings.is_production)
        self._sleep = sleep

    def get(self, origin: str, path: str, query: Mapping[str, str]) -> bytes:
        if origin not in self._base_urls:
            known = ", ".join(self._base_urls) or "none"
            raise ConfigurationError("unknown_origin", f"RCM_CODE_ORIGINS has no {origin}; known are {known}")
        base, below = Origin.parse(self._base_urls[origin])
        target = f"{below}{path}?{urlencode(query)}" if query else f"{below}{path}"
        for _ in range(TRIES - 1):
            try:
                return self._try(origin, base, target)
            except TransientError as fault:
                wait = fault.retry_after if isinstance(fault, ThrottledError) and fault.retry_after else SHORTEST_WAIT
                if wait > LONGEST_WAIT:
                    raise
                self._sleep(wait)
        return self._try(origin, base, target)

    def _try(self, name: str, origin: Origin, target: str) -> bytes:
        with _pool(origin, self._guard.address(origin)) as pool:
            try:
                response = pool.urlopen(
                    "GET", target, headers={"Host": _host(origin), "Accept-Encoding": "gzip"},
                    redirect=False, retries=False, preload_content=False, timeout=TIMEOUT,
                )  # fmt: skip
                if response.status != 200:
                    raise refusal(name, response)
                return read_body(name, response)
            except urllib3.exceptions.HTTPError:
                raise TransientError("origin_unavailable", name) from None


def _pool(origin: Origin, address: str) -> urllib3.HTTPConnectionPool:
    """Connects to the address that was looked at, and lets TLS check the name."""
    if origin.scheme == "http":
        return urllib3.HTTPConnectionPool(address, origin.port)
    return urllib3.HTTPSConnectionPool(
        address, origin.port, server_hostname=origin.host, assert_hostname=origin.host, cert_reqs="CERT_REQUIRED"
    )


def _host(origin: Origin) -> str:
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return host if origin.port == DEFAULT_PORTS[origin.scheme] else f"{host}:{origin.port}"
