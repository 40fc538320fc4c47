"""A subschema with where it is: what it is called in reports, and where the reference finds it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from referencing.exceptions import Unresolvable

from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.registry import prepared, registry

RECORD: Final = "urn:rcm:record"


class NotColumnarError(Exception):
    """The schema says something that only the reference can decide for whole records."""


@dataclass(frozen=True, slots=True)
class Site:
    """`pointer` is the way of evaluation, as reports have it; `location` the address of the schema for `$ref`."""

    schema: Json
    pointer: str
    location: str
    known: Any

    def child(self, *tokens: str | int) -> "Site":
        """The subschema under these keys."""
        schema, path = self.schema, ""
        for token in tokens:
            schema, path = schema[token], f"{path}/{escaped(token)}"
        return Site(schema, self.pointer + path, self.location + quote(path), self.known)

    def referred(self) -> "Site":
        """What its `$ref` leads to. Reports do not name the hop."""
        document, _, _ = self.location.partition("#")
        uri, _, fragment = self.schema["$ref"].partition("#")
        if fragment and not fragment.startswith("/"):
            raise NotColumnarError("an anchor")
        location = f"{uri or document}#{fragment}"
        try:
            contents = self.known.resolver().lookup(location).contents
        except Unresolvable as error:
            raise NotColumnarError("a reference") from error
        return replace(self, schema=contents, location=location)


def record_site(schema: Json, schemas: Mapping[str, Json] | None) -> Site:
    """The root, in a registry of its own. Raises where identifiers inside would change what references mean."""
    for document in (schema, *(schemas or {}).values()):
        if any("$id" in each or "$dynamicRef" in each for each in _below(document)):
            raise NotColumnarError("an identifier inside")
    body = {key: value for key, value in schema.items() if key != "$id"} if isinstance(schema, dict) else schema
    return Site(prepared(body), "", f"{RECORD}#", registry({**(schemas or {}), RECORD: body}))


def escaped(token: str | int) -> str:
    """One token of a JSON pointer."""
    return str(token).replace("~", "~0").replace("/", "~1")


def _below(schema: Json) -> Iterator[Mapping[str, Json]]:
    """Every object inside, the schema itself left out."""
    members = schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ()
    for member in members:
        if isinstance(member, dict):
            yield member
        yield from _below(member)
