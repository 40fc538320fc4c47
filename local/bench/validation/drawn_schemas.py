"""Schemas of flat records, drawn: every keyword the plan knows, with constants where engines go wrong."""

import random
from collections.abc import Callable
from typing import Any, Final

from shared.pipeline.schema.formats import FORMATS

NAMES: Final = ("id", "amount", "paid_amount", "note", "a/b~c", "é")

NUMBERS: Final = (
    0, 1, 5, 10, -5, 99, 100, 1000, 0.1, 0.07, 0.5, 9.99, 123.45, -0.01, 2**53, 2**53 - 1, 2**53 + 1,
    999_999_999_999_999, 10**15, 10**17, 1e-7, 1e22,
)  # fmt: skip
STEPS: Final = (0.01, 1, 5, 0.05, 0.1, 1e-7, 10, 2.5, 0.3, 100, 7)
PATTERNS: Final = (
    "^CLAIM[0-9]{3}$", r"^\d{3}-\d{2}$", "^[A-Z]{2}[12]$", "^[3-9][b-z]{11}$", "^H{8}$", "^ENC[0-9]{9}$", "a", "^a|b$",
    "^[A-Za-z]{1,4}$", "^(?!x)[a-z]+$", r"\bA\b", r"^\S+$", "^.{2}$", "^$", r"^[^é]*$", "(?i)^abc$", r"^\w+$", "é",
    r"^x\.y$",
)  # fmt: skip
TYPES: Final = (
    "string", "number", "integer", "boolean", "null", "object", ["string", "null"], ["number", "null"],
    ["number", "string"], ["integer", "string"], ["boolean", "string"],
)  # fmt: skip
VALUES: Final = ("a", "ab", "7", "true", "é", "", 7, 7.0, 0, 0.07, True, False, None, 2**53 + 1)

type Random = random.Random


def record_schema(chance: Random) -> tuple[Any, tuple[str, ...]]:
    """A schema, and the columns of the rows it is for: mostly those it names."""
    names = tuple(chance.sample(NAMES, chance.randrange(1, 5)))
    schema = _record(chance, names, 0)
    schema["$defs"] = {"cell": _cell(chance, 2), "record": _record(chance, names, 2)}
    return schema, names


def _record(chance: Random, names: tuple[str, ...], depth: int) -> dict[str, Any]:
    schema: dict[str, Any] = {}
    if chance.random() < 0.9 - 0.3 * bool(depth):
        known = [name for name in names if chance.random() < 0.8]
        schema["properties"] = {name: _cell(chance, depth) for name in known}
    for keyword, (likely, make) in RECORD_KEYWORDS.items():
        if chance.random() < likely / (1 + depth):
            schema[keyword] = make(chance, names)
    if depth < 2 and chance.random() < 0.5:
        schema |= _applied(chance, lambda: _record(chance, names, depth + 1), "#/$defs/record")
    if depth < 2 and chance.random() < 0.15:
        schema["dependentSchemas"] = {chance.choice(names): _record(chance, names, depth + 1)}
    return schema


def _some(chance: Random, names: tuple[str, ...]) -> list[str]:
    return chance.sample(names, chance.randrange(len(names) + 1)) + ["absent"] * (chance.random() < 0.1)


RECORD_KEYWORDS: Final[dict[str, tuple[float, Callable[[Random, tuple[str, ...]], Any]]]] = {
    "type": (0.3, lambda chance, _: chance.choice(["object", ["object", "null"], "object", "string"])),
    "required": (0.5, _some),
    "dependentRequired": (0.3, lambda chance, names: {chance.choice(names): _some(chance, names)}),
    "minProperties": (0.15, lambda chance, names: chance.randrange(len(names) + 2)),
    "maxProperties": (0.15, lambda chance, names: chance.randrange(len(names) + 2)),
    "additionalProperties": (0.25, lambda chance, _: chance.choice([False, True, _cell(chance, 2)])),
    "patternProperties": (0.25, lambda chance, _: {chance.choice(["amount$", "^i", "é"]): _cell(chance, 2)}),
    "propertyNames": (0.15, lambda chance, _: chance.choice([{"maxLength": 4}, {"pattern": "^[a-z_]+$"}, False])),
}


def _cell(chance: Random, depth: int) -> Any:
    if chance.random() < 0.05:
        return chance.choice([True, False, {}])
    schema: dict[str, Any] = {}
    for keyword, (likely, make) in chance.choice(CELL_KINDS).items():
        if chance.random() < likely:
            schema[keyword] = make(chance)
    if depth < 2 and chance.random() < 0.3:
        schema |= _applied(chance, lambda: _cell(chance, depth + 1), "#/$defs/cell")
    return schema


def _applied(chance: Random, make: Callable[[], Any], reference: str) -> dict[str, Any]:
    keyword = chance.choice(["allOf", "anyOf", "oneOf", "not", "if", "$ref"])
    if keyword == "$ref":
        return {"$ref": reference}
    if keyword == "not":
        return {"not": make()}
    if keyword == "if":
        return {"if": make()} | {branch: make() for branch in ("then", "else") if chance.random() < 0.8}
    return {keyword: [make() for _ in range(chance.randrange(1, 4))]}


def _one_of(choices: tuple[Any, ...]) -> Callable[[Random], Any]:
    return lambda chance: chance.choice(choices)


NUMERIC: Final[dict[str, tuple[float, Callable[[Random], Any]]]] = {
    "type": (0.9, _one_of(("number", "integer", "number", ["number", "null"], ["number", "string"]))),
    "minimum": (0.4, _one_of(NUMBERS)),
    "maximum": (0.4, _one_of(NUMBERS)),
    "exclusiveMinimum": (0.2, _one_of(NUMBERS)),
    "exclusiveMaximum": (0.2, _one_of(NUMBERS)),
    "multipleOf": (0.4, _one_of(STEPS)),
}
TEXTUAL: Final[dict[str, tuple[float, Callable[[Random], Any]]]] = {
    "type": (0.6, _one_of(("string", "string", ["string", "null"]))),
    "pattern": (0.5, _one_of(PATTERNS)),
    "minLength": (0.35, lambda chance: chance.randrange(4)),
    "maxLength": (0.35, lambda chance: chance.randrange(6)),
    "format": (0.4, _one_of((*FORMATS, *("npi", "date") * 4, "unheard-of"))),
}
MIXED: Final[dict[str, tuple[float, Callable[[Random], Any]]]] = {
    "type": (0.4, _one_of(TYPES)),
    "enum": (0.3, lambda chance: chance.sample(VALUES, 3)),
    "const": (0.3, _one_of(VALUES)),
    "minimum": (0.3, _one_of(NUMBERS)),
    "pattern": (0.3, _one_of(PATTERNS)),
}
CELL_KINDS: Final = (NUMERIC, TEXTUAL, MIXED)
