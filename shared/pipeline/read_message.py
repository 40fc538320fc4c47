"""Reads the body of a message: a small flat JSON object of text and whole numbers. Anything else is refused at once."""

import json

from shared.errors import PermanentError

MOST_BYTES = 8 * 1024


def read_message(body: bytes) -> dict[str, object]:
    """The object in a body; PermanentError `bad_message` for everything that no version of this program ever sent."""
    if len(body) > MOST_BYTES:
        raise PermanentError("bad_message", "too long")
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise PermanentError("bad_message", "not JSON") from None
    if not isinstance(said, dict) or not isinstance(said.get("type"), str):
        raise PermanentError("bad_message", "not an object with a type")
    return said
