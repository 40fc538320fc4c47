"""How Azure's services are reached and what their errors mean, alike for every adapter.

An SDK's error text and cause hold URLs, and a URL may hold a landing path: neither is passed on.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from shared.errors import ConfigurationError, PermanentError, RcmError, ThrottledError, TransientError

if TYPE_CHECKING:
    from azure.identity import DefaultAzureCredential

MISSING = ("ContainerNotFound", "TableNotFound")
BUSY = (429, 503)

# What the SDK logs of its requests would hold URLs.
QUIET = logging.getLogger("shared.adapters.azure.requests")
QUIET.setLevel(logging.CRITICAL)


@cache
def credential() -> "DefaultAzureCredential":
    """The app's identity: one for all adapters, so that they share its cached tokens."""
    from azure.identity import DefaultAzureCredential

    return DefaultAzureCredential(exclude_interactive_browser_credential=True)


@contextmanager
def translated(service: str) -> Iterator[None]:
    """Turns an SDK's error into ours; `service` begins its code."""
    try:
        yield
    except AzureError as error:
        raise translate(error, service) from None


def translate(error: AzureError, service: str) -> RcmError:
    """Ours for an SDK's error, by what to do next. No answer at all, or no permission (yet), is worth another try."""
    status = getattr(error, "status_code", None)
    code = error_code(error)
    said = f"status {status}, {code}" if status else type(error).__name__
    if code in MISSING:
        return ConfigurationError(f"{service}_missing", said)
    if status in BUSY:
        return ThrottledError(f"{service}_busy", said, _retry_after(error))
    if isinstance(error, ClientAuthenticationError) or status in (401, 403):
        return TransientError(f"{service}_forbidden", said)
    if status is None or status == 408 or status >= 500:
        return TransientError(f"{service}_unavailable", said)
    return PermanentError(f"{service}_refused", said)


def error_code(error: AzureError) -> str:
    """The service's own code, such as `BlobNotFound`; "" where it gave none."""
    code = getattr(error, "error_code", None)
    return str(getattr(code, "value", code) or "")


def _retry_after(error: AzureError) -> float | None:
    headers = getattr(error.response, "headers", {}) if isinstance(error, HttpResponseError) else {}
    seconds = str(headers.get("Retry-After", ""))
    return float(seconds) if seconds.isdecimal() else None
