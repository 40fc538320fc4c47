"""Cells of text → JSON instances: which cells the schema wants to be numbers or logical values, and how they read."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from referencing.jsonschema import DRAFT202012

from shared.pipeline.schema.dialect import search
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.numbers import number
from shared.pipeline.schema.registry import prepared, registry

APPLIED_LISTS: Final = ("allOf", "anyOf", "oneOf")
APPLIED_SCHEMAS: Final = ("if", "then", "else", "not")
LOGICAL: Final[Mapping[str, bool]] = {"true": True, "false": False}

type ReadCell = Callable[[str], Any]


class CellTypes:
    """The types that the schemas of one record name for each of its properties, wherever in them that is.

    A cell is read once: what the record's schema types, the advisory schema sees typed too.
    """

    def __init__(self, *record_schemas: Json, schemas: Mapping[str, Json] | None = None) -> None:
        self._known: dict[str, frozenset[str]] = {}
        known = registry(schemas)
        resources = [DRAFT202012.create_resource(prepared(schema)) for schema in record_schemas]
        self._levels = [
            level for resource in resources for level in _applied(resource.contents, known.resolver_with_root(resource))
        ]

    def types(self, name: str) -> frozenset[str]:
        """Every `type` that some subschema asks of the property."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._find_types(name)
        return known

    def _find_types(self, name: str) -> frozenset[str]:
        named: set[str] = set()
        for level, resolver in self._levels:
            for subschema in _of_property(level, name):
                for applied, _ in _applied(subschema, resolver):
                    asked = applied.get("type", ())
                    named.update([asked] if isinstance(asked, str) else asked)
        return frozenset(named)

    def reader(self, name: str) -> ReadCell | None:
        """How a cell of the property becomes a value; None if it always stays text."""
        types = self.types(name)
        wants_number, wants_logical = bool(types & {"number", "integer"}), "boolean" in types
        if not (wants_number or wants_logical):
            return None

        def read(text: str) -> Any:
            if wants_logical and text in LOGICAL:
                return LOGICAL[text]
            value = number(text) if wants_number else None
            return text if value is None else value

        return read


def record_instances(
    names: Iterable[str], rows: Iterable[tuple[str, ...]], types: CellTypes
) -> Iterator[dict[str, Any]]:
    """The instance of each row: an empty cell is a missing property."""
    readers = [(name, types.reader(name)) for name in names]
    for row in rows:
        yield {
            name: read(cell) if read else cell for (name, read), cell in zip(readers, row, strict=True) if cell != ""
        }


def _applied(schema: Json, resolver: Any) -> Iterator[tuple[Mapping[str, Any], Any]]:
    """The schema and every one that applies to the same value, with the resolver that belongs to each."""
    waiting, seen = [(schema, resolver)], set()
    while waiting:
        current, base = waiting.pop()
        if not isinstance(current, dict) or id(current) in seen:
            continue
        seen.add(id(current))
        yield current, base
        waiting.extend((part, base) for part in _in_place(current))
        if "$ref" in current:
            resolved = base.lookup(current["$ref"])
            waiting.append((resolved.contents, resolved.resolver))


def _in_place(schema: Mapping[str, Any]) -> Iterator[Any]:
    for keyword in APPLIED_LISTS:
        yield from schema.get(keyword, ())
    for keyword in APPLIED_SCHEMAS:
        yield schema.get(keyword)
    yield from schema.get("dependentSchemas", {}).values()


def _of_property(schema: Mapping[str, Any], name: str) -> Iterator[Any]:
    matched = name in schema.get("properties", {})
    if matched:
        yield schema["properties"][name]
    for pattern, subschema in schema.get("patternProperties", {}).items():
        if search(pattern)(name):
            matched = True
            yield subschema
    if not matched:
        yield schema.get("additionalProperties")
