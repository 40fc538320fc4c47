"""Function keys: header `x-functions-key` or query parameter `code`, as in Azure."""

import hmac

from aiohttp import web

from local.host.options import LocalOptions


def given_key(request: web.Request) -> str:
    """The key a request carries; empty if none."""
    return request.headers.get("x-functions-key") or request.query.get("code", "")


def is_allowed(request: web.Request, auth_level: str, options: LocalOptions) -> bool:
    """True if the request's key opens the level. ADMIN wants the master key, which opens FUNCTION too."""
    level = auth_level.upper()
    if level == "ANONYMOUS":
        return True
    opening = [options.master_key] if level == "ADMIN" else [options.function_key, options.master_key]
    key = given_key(request).encode()
    return bool(key) and any(hmac.compare_digest(key, candidate.encode()) for candidate in opening)
