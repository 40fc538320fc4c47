"""What comes back over HTTP: a body within bounds, or the error that says what to do next."""

import time
from email.utils import parsedate_to_datetime
from typing import Final

import urllib3

from shared.errors import FileGoneError, PermanentError, RcmError, ThrottledError, TransientError

MOST_SECONDS: Final = 180.0
MOST_BYTES: Final = 128 * 1024 * 1024
CHUNK: Final = 256 * 1024
GONE: Final = frozenset({404, 410})
BUSY: Final = frozenset({429, 503})


def read_body(name: str, response: urllib3.BaseHTTPResponse) -> bytes:
    """The whole body; one that drips or swells beyond all measure is given up."""
    ends_at = time.monotonic() + MOST_SECONDS
    body = bytearray()
    for chunk in response.stream(CHUNK, decode_content=True):
        body += chunk
        if len(body) > MOST_BYTES:
            raise PermanentError("answer_too_large", name)
        if time.monotonic() > ends_at:
            raise TransientError("answer_too_slow", name)
    return bytes(body)


def refusal(name: str, response: urllib3.BaseHTTPResponse) -> RcmError:
    status = response.status
    if status in GONE:
        return FileGoneError("not_there", name)
    if status in BUSY:
        return ThrottledError("throttled", f"{name} answered {status}", _retry_after(response))
    if status >= 500:
        return TransientError("origin_failed", f"{name} answered {status}")
    return PermanentError("origin_refused", f"{name} answered {status}")


def _retry_after(response: urllib3.BaseHTTPResponse) -> float | None:
    """Seconds, from a number or from two dates of the answer: no clock of ours is held against theirs."""
    said = response.headers.get("Retry-After", "")
    if said.isdecimal():
        return float(said)
    try:
        until, at = parsedate_to_datetime(said), parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - at).total_seconds())
    except (TypeError, ValueError):
        return None
