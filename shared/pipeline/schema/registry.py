"""Where `$ref` finds schemas: the ones that were handed in and the meta-schemas of JSON Schema. Nothing is fetched."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jsonschema_specifications import REGISTRY as SPECIFICATIONS
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.numbers import exact

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PLAIN_VALUES: Final = frozenset({"const", "enum", "default", "examples"})


def prepared(schema: Json) -> Json:
    """The schema as the validators take it: floats exact, and without the word that it is of the one dialect anyway.

    The library would go back to its own unextended validator at each such word.
    """
    if isinstance(schema, list):
        return [prepared(element) for element in schema]
    if not isinstance(schema, dict):
        return exact(schema)
    return {
        key: exact(member) if key in PLAIN_VALUES else prepared(member)
        for key, member in schema.items()
        if not (key == "$schema" and isinstance(member, str) and member.rstrip("#") == DIALECT)
    }


@cache
def _meta_schemas() -> Registry[Any]:
    resources = ((uri, SPECIFICATIONS.contents(uri)) for uri in SPECIFICATIONS)
    return Registry().with_resources(
        (uri, DRAFT202012.create_resource(prepared(contents))) for uri, contents in resources if "draft/2020-12" in uri
    )


def vocabulary(uri: str) -> frozenset[str]:
    """The keywords of a vocabulary of the dialect; none if it is another's."""
    meta = uri.replace("/vocab/", "/meta/")
    return frozenset(SPECIFICATIONS.contents(meta)["properties"]) if meta in SPECIFICATIONS else frozenset()


def registry(schemas: Mapping[str, Any] | None = None) -> Registry[Any]:
    """A closed registry of these schemas by URI; a reference to any other is an unresolvable one."""
    resources = ((uri, _resource(schema)) for uri, schema in (schemas or {}).items())
    return _meta_schemas().with_resources(resources)


def _resource(schema: Json) -> Resource[Any]:
    return DRAFT202012.create_resource(prepared(schema))
