"""From the JSON of a source, already checked for shape, to typed values."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shared.model.delivery import ByArrival, ByColumn, ByPath, Delivery, DeliveryKind, DuplicateContent
from shared.model.duration import read_duration
from shared.model.file_format import FileFormat
from shared.model.path_pattern import PathPattern
from shared.model.silver_mapping import ColumnMapping, Normalisation, SilverMapping
from shared.model.source import CodeCheck, Controls, ExpectedArrival, SourceDefinition

type Document = Mapping[str, Any]


def read_source(document: Document, record_schema: Document, advisory_schema: Document | None) -> SourceDefinition:
    """The source of a document that fits source.schema.json. ValueError names what in it can't be understood."""
    columns = tuple(record_schema["properties"])
    return SourceDefinition(
        source_id=document["source_id"],
        title=document["title"],
        path_pattern=PathPattern.parse(document["path_pattern"]),
        format=FileFormat.from_mapping(document["format"], columns),
        delivery=_read_delivery(document["delivery"]),
        keys=tuple(document["keys"]),
        order_column=document["order_column"],
        columns=columns,
        record_schema=record_schema,
        advisory_schema=advisory_schema,
        phi_columns=frozenset(document["phi_columns"]),
        silver=_read_silver(document["silver"]),
        controls=_read_controls(document["controls"]),
        expected=_read_expected(document["expected"]),
        databricks_job=document["databricks_job"],
        code_checks=tuple(_read_code_check(each) for each in document.get("code_checks", ())),
    )


def _read_delivery(document: Document) -> Delivery:
    share = document.get("hold_below_share")
    return Delivery(
        kind=DeliveryKind(document["kind"]),
        ordered_by=_read_place(document["ordered_by"]) or ByArrival(),
        period=_read_place(document.get("period", {})),
        hold_below_share=None if share is None else Decimal(str(share)),
        duplicate_content=DuplicateContent(document.get("duplicate_content", DuplicateContent.SKIP)),
    )


def _read_place(document: Document) -> ByPath | ByColumn | None:
    if "path" in document:
        return ByPath(document["path"])
    if "column" in document:
        return ByColumn(document["column"], document.get("truncate", ""))
    return None


def _read_silver(document: Document) -> SilverMapping:
    columns = {name: _read_mapping(mapping) for name, mapping in document["columns"].items()}
    return SilverMapping(document["noun"], columns, document["effective_from"])


def _read_mapping(mapping: str | Document) -> ColumnMapping:
    if isinstance(mapping, str):
        return ColumnMapping(mapping)
    if "const" in mapping:
        return ColumnMapping(None, constant=mapping["const"])
    normalise = mapping.get("normalise")
    return ColumnMapping(
        mapping["from"],
        date_format=mapping.get("format", ""),
        values=mapping.get("values"),
        normalise=Normalisation(normalise) if normalise else None,
    )


def _read_controls(document: Document) -> Controls:
    sums = {entry["column"]: entry["metadata"] for entry in document["sums"]}
    return Controls(document["record_count"], sums, document.get("required", False))


def _read_code_check(document: Document) -> CodeCheck:
    return CodeCheck(document["column"], document["editions"], tuple(document["dates"]))


def _read_expected(document: Document | None) -> ExpectedArrival | None:
    if document is None:
        return None
    return ExpectedArrival(read_duration(document["every"]), read_duration(document["grace"]))
