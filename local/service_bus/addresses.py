"""The addresses that clients give to the ends of their links."""

import re
from dataclasses import dataclass

CBS = "$cbs"

_SCHEME_AND_HOST = re.compile(r"^[a-z]+://[^/]*/", re.IGNORECASE)
_MANAGEMENT = "/$management"
_DEAD_LETTERS = "/$deadletterqueue"


@dataclass(frozen=True, slots=True)
class Address:
    """A queue or CBS by name in lower case; whether its dead letters are meant, and whether it is asked or used."""

    entity: str
    is_dead: bool
    takes_requests: bool


def read_address(text: str) -> Address:
    """What an address stands for: `<queue>`, `<queue>/$DeadLetterQueue`, either with `/$management`, or `$cbs`.

    A scheme and host before it are passed over; case does not count.
    """
    path = _SCHEME_AND_HOST.sub("", text).strip("/").lower()
    takes_requests = path == CBS or path.endswith(_MANAGEMENT)
    path = path.removesuffix(_MANAGEMENT)
    is_dead = path.endswith(_DEAD_LETTERS)
    return Address(path.removesuffix(_DEAD_LETTERS), is_dead, takes_requests)
