"""What JSON can say, as Python has it: dict, list, str, int, Decimal (float where it came as one), bool, None."""

from typing import Any

type Json = Any
"""A JSON value, or a schema, which is one too. No narrower type is of use to code that must take all of them."""
