"""JSON text → values, strictly: no NaN, no repeated keys, no lone surrogates, numbers exact, depth bounded."""

import json
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Self

from shared.pipeline.schema.json_value import Json

LONGEST_INT: Final = 4_000
"""Digits that Python turns into an int without complaint; longer integers become exact decimals."""


class NotReadableError(ValueError):
    """Text that is no acceptable JSON value; the message is the reason code."""


class Written(Decimal):
    """A number that remembers how it was written: its value is a decimal's, its text is the file's (`1e2`)."""

    __slots__ = ("_digits",)
    _digits: str

    def __new__(cls, digits: str) -> Self:
        number = super().__new__(cls, digits)
        number._digits = digits
        return number

    def __str__(self) -> str:
        return self._digits


def parse(text: str) -> Json:
    """The value, integers as int, other numbers as Decimal. Raises NotReadableError with a code."""
    try:
        return DECODER.decode(text)
    except NotReadableError:
        raise
    except RecursionError:
        raise NotReadableError("too_deep") from None
    except (ValueError, InvalidOperation):
        raise NotReadableError("not_json") from None


def _integer(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= LONGEST_INT and digits != "-0" else Written(digits)


def _refuse_constant(_name: str) -> Any:
    raise NotReadableError("not_json")


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise NotReadableError("duplicate_key")
    return members


DECODER: Final = json.JSONDecoder(
    parse_float=Written, parse_int=_integer, parse_constant=_refuse_constant, object_pairs_hook=_object
)


def text_of(value: Json) -> str:
    """The cell of a JSON value: a string's content, else its JSON text; null and what is missing are empty."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return str(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else encode(value)


def encode(value: Json) -> str:
    """JSON text of a value with exact decimals; not for speed."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(key)}:{encode(member)}" for key, member in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(encode(element) for element in value) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)
