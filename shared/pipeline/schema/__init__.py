"""JSON Schema Draft 2020-12 with the profile of `docs/validation.md`: `validate` and `is_valid` take any JSON value."""

from shared.pipeline.schema.entry import is_valid, validate

__all__ = ["is_valid", "validate"]
