"""What a message may measure: our own bound, far below Service Bus's, because messages carry ids and never rows."""

import json

from shared.errors import PermanentError
from shared.model.events import Message

MOST_BODY_BYTES = 8 * 1024
MOST_ID_CHARACTERS = 128


def encoded_body(message: Message) -> bytes:
    """The body as JSON. PermanentError for a message that is too large or whose id is too long for Service Bus."""
    body = json.dumps(dict(message.body), separators=(",", ":")).encode()
    if len(body) > MOST_BODY_BYTES:
        raise PermanentError("message_too_large", f"more than {MOST_BODY_BYTES} bytes")
    if not 0 < len(message.message_id) <= MOST_ID_CHARACTERS:
        raise PermanentError("message_refused", f"a message id has 1 to {MOST_ID_CHARACTERS} characters")
    return body
