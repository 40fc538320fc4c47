"""Keys of Azure Table Storage for any text: what Azure refuses in a key is escaped, and comes back."""

import re

from shared.errors import PermanentError

MOST_KEY_CHARACTERS = 512
REFUSED_IN_KEYS = re.compile(r"[/\\#?!\x00-\x1f\x7f-\x9f]")
ESCAPED = re.compile(r"!([0-9A-F]{2})")


def encode_key(text: str) -> str:
    """A key without the characters that Azure refuses: `!` and two hex digits stand for each, and for `!` itself.

    A prefix stays a prefix; apart from these characters the order stays too. PermanentError for a key that is too long.
    """
    key = REFUSED_IN_KEYS.sub(lambda found: f"!{ord(found[0]):02X}", text)
    if utf16_length(key) > MOST_KEY_CHARACTERS:
        raise PermanentError("key_too_long", f"more than {MOST_KEY_CHARACTERS} characters")
    return key


def decode_key(key: str) -> str:
    """The text that `encode_key` made the key of."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), key)


def utf16_length(text: str) -> int:
    """UTF-16 code units: what Azure counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
