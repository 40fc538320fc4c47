"""The keywords in which the profile departs from the library, written for it: `jsonschema` calls them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import ValidationError

from shared.pipeline.schema.dialect import search
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.numbers import is_multiple

type Errors = Iterator[ValidationError]
type Token = str | int | None


def _descend(validator: Any, instance: Json, schema: Json, path: Token, schema_path: Token) -> Errors:
    """The library's own descent forgets where it is when the subschema is `false`."""
    if schema is False:
        yield ValidationError(
            "false",
            validator=None,  # type: ignore[arg-type]
            path=[] if path is None else [path],
            schema_path=[] if schema_path is None else [schema_path],
        )
    else:
        yield from validator.descend(instance, schema, path=path, schema_path=schema_path)


def _properties(validator: Any, properties: Mapping[str, Json], instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "object"):
        for name in properties.keys() & instance.keys():
            yield from _descend(validator, instance[name], properties[name], name, name)


def _pattern_properties(validator: Any, patterns: Mapping[str, Json], instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "object"):
        for pattern, subschema in patterns.items():
            for name in filter(search(pattern), instance):
                yield from _descend(validator, instance[name], subschema, name, pattern)


def _additional_properties(validator: Any, subschema: Json, instance: Json, schema: Json) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    extras = [name for name in instance if _is_additional(name, schema)]
    if subschema is False and extras:
        yield ValidationError("additionalProperties")
    elif subschema is not False:
        for name in extras:
            yield from validator.descend(instance[name], subschema, path=name)


def _is_additional(name: str, schema: Mapping[str, Json]) -> bool:
    patterns = schema.get("patternProperties", {})
    return name not in schema.get("properties", {}) and not any(search(pattern)(name) for pattern in patterns)


def _required(validator: Any, names: list[str], instance: Json, _schema: Json) -> Errors:
    """Points at the property that is missing, not at the object that lacks it."""
    if validator.is_type(instance, "object"):
        for name in names:
            if name not in instance:
                yield ValidationError("required", path=[name])


def _dependent_required(validator: Any, demands: Mapping[str, list[str]], instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "object"):
        for present, names in demands.items():
            for name in names if present in instance else ():
                if name not in instance:
                    yield ValidationError("dependentRequired", path=[name])


def _dependent_schemas(validator: Any, demands: Mapping[str, Json], instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "object"):
        for name, subschema in demands.items():
            if name in instance:
                yield from _descend(validator, instance, subschema, None, name)


def _all_of(validator: Any, branches: list[Json], instance: Json, _schema: Json) -> Errors:
    for at, branch in enumerate(branches):
        yield from _descend(validator, instance, branch, None, at)


def _if(validator: Any, condition: Json, instance: Json, schema: Mapping[str, Json]) -> Errors:
    branch = "then" if validator.evolve(schema=condition).is_valid(instance) else "else"
    if branch in schema:
        yield from _descend(validator, instance, schema[branch], None, branch)


def _prefix_items(validator: Any, prefix: list[Json], instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "array"):
        for at, (element, subschema) in enumerate(zip(instance, prefix, strict=False)):
            yield from _descend(validator, element, subschema, at, at)


def _multiple_of(validator: Any, step: Json, instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "number") and not is_multiple(instance, step):
        yield ValidationError("multipleOf")


def _pattern(validator: Any, pattern: str, instance: Json, _schema: Json) -> Errors:
    if validator.is_type(instance, "string") and not search(pattern)(instance):
        yield ValidationError("pattern")


PROFILE_KEYWORDS: Final = {
    "additionalProperties": _additional_properties,
    "allOf": _all_of,
    "dependentRequired": _dependent_required,
    "dependentSchemas": _dependent_schemas,
    "if": _if,
    "multipleOf": _multiple_of,
    "pattern": _pattern,
    "patternProperties": _pattern_properties,
    "prefixItems": _prefix_items,
    "properties": _properties,
    "required": _required,
}
