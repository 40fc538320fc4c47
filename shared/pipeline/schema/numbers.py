"""Numbers as JSON writes them, exact: no value ever passes through a binary float."""

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Final

from shared.pipeline.schema.json_value import Json

NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
LONGEST_INT: Final = 4_000
"""Digits that Python turns into an int without complaint; longer integers are exact decimals."""


def number(text: str) -> int | Decimal | None:
    """The number that the whole text is by the grammar of JSON, else None; an int where it is written as one."""
    if not NUMBER.fullmatch(text):
        return None
    if len(text) <= LONGEST_INT and text.lstrip("-").isdigit():
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def exact(value: Json) -> Json:
    """A JSON value with every float as the decimal of its shortest text, everything else as it is."""
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else value
    if isinstance(value, dict):
        return {key: exact(member) for key, member in value.items()}
    return [exact(element) for element in value] if isinstance(value, list) else value


def is_number(value: object) -> bool:
    """Whether the value is a number of JSON: no bool, no NaN, no infinity."""
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, Decimal):
        return value.is_finite()
    return isinstance(value, int) and not isinstance(value, bool)


def is_integer(value: object) -> bool:
    """Whether the value is a number without a fraction: 1.0 and 1e3 are."""
    if isinstance(value, Decimal):
        return value.is_finite() and value == value.to_integral_value()
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


def is_multiple(value: float | Decimal, step: float | Decimal) -> bool:
    """Whether value ÷ step is an integer, in exact decimal arithmetic, in time that no exponent can stretch."""
    digits, exponent = _scaled(value)
    step_digits, step_exponent = _scaled(step)
    shift = exponent - step_exponent
    if shift >= 0:
        return digits * pow(10, shift, step_digits) % step_digits == 0
    return digits == 0 or (-shift <= len(str(digits)) and digits % (step_digits * 10**-shift) == 0)


def _scaled(value: float | Decimal) -> tuple[int, int]:
    """(digits, exponent) with value = ±digits x 10^exponent and no zero at the end of the digits."""
    decimal = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    _, digits, exponent = decimal.as_tuple()
    shown = "".join(map(str, digits)).rstrip("0")
    return int(shown or 0), int(exponent) + len(digits) - len(shown) if shown else 0
