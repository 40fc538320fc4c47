"""The oracle: the `jsonschema` library, extended by the profile of `docs/validation.md`. Exact and slow.

Whatever the columnar engine is unsure of is decided here, so both give the same verdict, field and keyword.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend
from referencing import Registry

from shared.model.violation import Reason, Tier
from shared.pipeline.schema.dialect import search
from shared.pipeline.schema.formats import FORMATS, HEALTHCARE_FORMATS, Test
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.numbers import exact, is_integer, is_number
from shared.pipeline.schema.profile_keywords import PROFILE_KEYWORDS
from shared.pipeline.schema.registry import prepared, registry, vocabulary

type Keyword = Iterator[ValidationError]

Profile: Final = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    PROFILE_KEYWORDS,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"number": lambda _, value: is_number(value), "integer": lambda _, value: is_integer(value)}
    ),
)


def _dialect(schema: Json, schemas: Mapping[str, Json]) -> Any:
    """The profile, less the keywords of vocabularies that the schema's own meta-schema, if handed in, leaves out."""
    meta = schemas.get(schema.get("$schema", "")) if isinstance(schema, dict) else None
    if not isinstance(meta, dict) or "$vocabulary" not in meta:
        return Profile
    known = {keyword for uri in meta["$vocabulary"] for keyword in vocabulary(uri)}
    return extend(Profile, dict.fromkeys(Profile.VALIDATORS.keys() - known, _ignored))  # type: ignore[no-untyped-call]


def _ignored(*_: object) -> Keyword:
    return iter(())


def format_checker(formats: Mapping[str, Test]) -> FormatChecker:
    """A checker that knows these formats only; whatever is no text passes."""
    checker = FormatChecker(formats=())
    for name, test in formats.items():
        checker.checks(name)(lambda value, test=test: not isinstance(value, str) or test(value))
    return checker


def check_schema(schema: Json) -> None:
    """ValueError, with the place in the schema, unless it is a schema of the dialect with patterns that are known."""
    try:
        Draft202012Validator.check_schema(schema, format_checker=FormatChecker(formats=()))
    except SchemaError as error:
        raise ValueError(f"schema at {pointer(error.absolute_path) or '/'}: {error.validator}") from None
    _check_patterns(schema)


def _check_patterns(schema: Json) -> None:
    if isinstance(schema, dict):
        patterns = [schema["pattern"]] if isinstance(schema.get("pattern"), str) else []
        named = schema.get("patternProperties")
        for pattern in (*patterns, *(named if isinstance(named, dict) else ())):
            search(pattern)
    for member in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _check_patterns(member)


class Reference:
    """Validates one instance at a time against one schema."""

    def __init__(
        self,
        schema: Json,
        schemas: Mapping[str, Json] | None = None,
        *,
        known: Registry[Any] | None = None,
        assert_standard_formats: bool = True,
    ) -> None:
        """`schemas` are what `$ref` may reach, by URI; `known` is the same as a registry that is there already."""
        formats = FORMATS if assert_standard_formats else HEALTHCARE_FORMATS
        self._validator = _dialect(schema, schemas or {})(
            prepared(schema),
            registry=registry(schemas) if known is None else known,
            format_checker=format_checker(formats),
        )

    def reasons(self, instance: Json, tier: Tier = Tier.ROW) -> Iterator[Reason]:
        """Every violation of the instance; each field is a pointer into it."""
        try:
            for error in self._validator.iter_errors(exact(instance)):
                rule = str(error.validator or "false")
                yield Reason(tier, rule, pointer(error.absolute_path), pointer(error.absolute_schema_path))
        except RecursionError:
            yield Reason(tier, "too_deep")

    def is_valid(self, instance: Json) -> bool:
        return next(self.reasons(instance), None) is None


def pointer(path: Any) -> str:
    """RFC 6901."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)
