"""What a source's metadata says must make sense: names lead somewhere, and a checked record can't fail later."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shared.model.delivery import ByColumn, ByPath, DeliveryKind
from shared.model.source import SourceDefinition

type Noun = Mapping[str, Any]


def check_source(
    source: SourceDefinition, nouns: Mapping[str, Noun], sources: Mapping[str, SourceDefinition]
) -> Iterator[str]:
    """Every rule of sense that a source breaks, as `key: text` with the known values."""
    yield from _check_columns(source)
    yield from _check_placeholders(source)
    yield from _check_delivery(source)
    yield from _check_schemas(source)
    yield from _check_silver(source, nouns)
    yield from _check_editions(source, sources)


def _unknown(key: str, names: Iterable[str], known: Iterable[str], what: str) -> Iterator[str]:
    missing = sorted(set(names) - set(known))
    if missing:
        yield f"{key}: {', '.join(missing)} is no {what}; known are {', '.join(known)}"


def _check_columns(source: SourceDefinition) -> Iterator[str]:
    delivery, silver = source.delivery, source.silver
    named = {
        "keys": source.keys,
        "order_column": [source.order_column or ""],
        "phi_columns": source.phi_columns,
        "delivery/ordered_by": [delivery.ordered_by.name if isinstance(delivery.ordered_by, ByColumn) else ""],
        "delivery/period": [delivery.period.name if isinstance(delivery.period, ByColumn) else ""],
        "silver/columns": [mapping.origin_column or "" for mapping in silver.columns.values()],
        "silver/effective_from": [silver.effective_from or ""],
        "controls/sums": source.controls.sums,
        "code_checks/column": [check.column for check in source.code_checks],
        "code_checks/dates": [name for check in source.code_checks for name in check.dates],
        "format/optional_columns": source.format.optional_columns,
        "format/aliases": source.format.aliases.values(),
    }
    for key, columns in named.items():
        yield from _unknown(key, filter(None, columns), source.columns, "column of the record schema")


def _check_placeholders(source: SourceDefinition) -> Iterator[str]:
    allowed = {"delivery/ordered_by": ("date", "month"), "delivery/period": ("month",)}
    places = {"delivery/ordered_by": source.delivery.ordered_by, "delivery/period": source.delivery.period}
    for key, place in places.items():
        if isinstance(place, ByPath):
            known = [name for name, kind in source.path_pattern.placeholders.items() if kind in allowed[key]]
            yield from _unknown(key, [place.name], known, f"{' or '.join(allowed[key])} of path_pattern")


def _check_delivery(source: SourceDefinition) -> Iterator[str]:
    delivery = source.delivery
    replaces = delivery.kind in (DeliveryKind.FULL, DeliveryKind.PERIOD)
    if replaces and delivery.skips_duplicate_content and not (delivery.as_of_name or delivery.period_name):
        yield (
            f"delivery/duplicate_content: skip would lose a {delivery.kind} delivery"
            " that returns to an earlier content; date the path or say ingest"
        )
    if delivery.hold_below_share is not None and not replaces:
        yield f"delivery/hold_below_share: has no sense for {delivery.kind}; known for full, period"


def _check_schemas(source: SourceDefinition) -> Iterator[str]:
    yield from _unknown("record_schema/required", source.record_schema.get("required", ()), source.columns, "property")
    advisory = source.advisory_schema or {}
    yield from _unknown("advisory_schema/properties", advisory.get("properties", ()), source.columns, "column")
    yield from _unknown("keys", source.keys, source.record_schema.get("required", ()), "required column")
    from shared.pipeline.schema.formats import FORMATS  # loads jsonschema: not before metadata is read

    for key, schema in (("record_schema", source.record_schema), ("advisory_schema", advisory)):
        yield from _unknown(f"{key}/format", _formats(schema), sorted(FORMATS), "format")


def _check_editions(source: SourceDefinition, sources: Mapping[str, SourceDefinition]) -> Iterator[str]:
    for check in source.code_checks:
        editions = sources.get(check.editions)
        if editions is None:
            yield f"code_checks/editions: {check.editions} is no source; known are {', '.join(sources)}"
        elif not _are_editions(editions):
            yield f"code_checks/editions: {check.editions} does not deliver in full, dated by the path"


def _are_editions(source: SourceDefinition) -> bool:
    is_dated = source.path_pattern.placeholders.get(source.delivery.as_of_name) == "date"
    return is_dated and source.delivery.kind is DeliveryKind.FULL


def _formats(schema: Any) -> Iterator[str]:
    """Every format that a schema names; one that nobody knows would check nothing."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("format"), str):
            yield schema["format"]
        schema = schema.values()
    elif not isinstance(schema, list):
        return
    for member in schema:
        yield from _formats(member)


def _check_silver(source: SourceDefinition, nouns: Mapping[str, Noun]) -> Iterator[str]:
    silver = source.silver
    noun = nouns.get(silver.noun)
    if noun is None:
        yield from _unknown("silver/noun", [silver.noun], nouns, "noun")
        return
    if source.source_id.partition("__")[2] != silver.noun:
        yield f"source_id: ends in another noun than silver/noun {silver.noun}"
    yield from _unknown("silver/columns", silver.columns, noun["columns"], f"column of {silver.noun}")
    for name, column in noun["columns"].items():
        yield from _check_noun_column(source, name, column)


def _check_noun_column(source: SourceDefinition, name: str, column: Mapping[str, Any]) -> Iterator[str]:
    mapping = source.silver.columns.get(name)
    if mapping is None:
        if column.get("required"):
            yield f"silver/columns: {name} of {source.silver.noun} is required and not mapped"
        return
    origin = mapping.origin_column
    if origin is None or origin not in source.columns:
        return
    if column.get("required") and origin not in source.record_schema.get("required", ()):
        yield f"record_schema/required: {origin} makes the required column {name} and may be missing"
    if column.get("phi") and origin not in source.phi_columns:
        yield f"phi_columns: {origin} makes the PHI column {name} and is not listed"
    if mapping.values is not None:
        allowed = source.record_schema["properties"][origin].get("enum", mapping.values)
        yield from _unknown(f"silver/columns/{name}/values", allowed, mapping.values, "key of the table of values")
