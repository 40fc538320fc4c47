"""Any JSON value against any schema of Draft 2020-12: the entry for one value at a time."""

from collections.abc import Mapping
from typing import Any

from shared.model.violation import Violation
from shared.pipeline.schema.json_value import Json
from shared.pipeline.schema.reference import Reference


def validate(
    instance: Json, schema: Json, schemas: Mapping[str, Any] | None = None, *, assert_formats: bool = False
) -> list[Violation]:
    """Every violation, none if the instance is valid. `schemas` are what `$ref` may reach, by URI.

    The formats of healthcare are always asserted. The standard ones are annotations, as Draft 2020-12 has them, unless
    `assert_formats` says otherwise: for records it does.
    """
    reference = Reference(schema, schemas, assert_standard_formats=assert_formats)
    return [reason.at(None) for reason in reference.reasons(instance)]


def is_valid(
    instance: Json, schema: Json, schemas: Mapping[str, Any] | None = None, *, assert_formats: bool = False
) -> bool:
    """Whether `validate` finds nothing; stops at the first violation."""
    return Reference(schema, schemas, assert_standard_formats=assert_formats).is_valid(instance)
