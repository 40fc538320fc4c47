"""Makes the documents of a source from a sample: what could be guessed is filled in, the rest is for a person."""

import re
from collections.abc import Iterable
from typing import Any

from local.new_source.infer import US_DATE_PATTERN, Column, Sample
from local.new_source.match_noun import Noun, match_columns, match_noun

DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"
SOURCE_ID = re.compile(r"(?P<origin>[a-z][a-z0-9]*(_[a-z0-9]+)*)__(?P<noun>[a-z][a-z0-9]*(_[a-z0-9]+)*)")
PERSONAL = re.compile(r"patient|name|ssn|phone|address|birth|dob|mrn|email|zip|member|account|encounter", re.IGNORECASE)
CHANGED = re.compile(r"modif|updat|chang", re.IGNORECASE)
FORMAT_BY_NAME = {
    "npi": re.compile(r"npi", re.IGNORECASE),
    "icd-10-cm": re.compile(r"icd|diag", re.IGNORECASE),
    "ssn": re.compile(r"ssn", re.IGNORECASE),
    "us-zip": re.compile(r"zip", re.IGNORECASE),
    "us-state": re.compile(r"^state$", re.IGNORECASE),
}


def source_id_of(stem: str) -> str:
    """The id that a file's name says, or one to be changed: `patients` → `origin__patient`."""
    if SOURCE_ID.fullmatch(stem):
        return stem
    noun = re.sub(r"[^a-z0-9]+", "_", stem.lower()).strip("_").removesuffix("s")
    return f"origin__{noun}" if re.match("[a-z]", noun) else "origin__noun"


def draft(source_id: str, sample: Sample, nouns: Iterable[Noun]) -> dict[str, dict[str, Any]]:
    """The documents by their place below metadata/."""
    origin, _, hint = source_id.partition("__")
    noun = match_noun(nouns, [column.name for column in sample.columns], hint)
    source_id = f"{origin}__{noun['noun']}"
    mapping = match_columns(noun, [column.name for column in sample.columns])
    advisory = _advisory(sample.columns)
    documents = {
        f"schemas/{source_id}.schema.json": _record_schema(source_id, sample, noun, mapping),
        f"sources/{source_id}.json": _source(source_id, sample, noun, mapping, bool(advisory)),
    }
    if advisory:
        title = f"What a record of {source_id} should also be: counted, never refused"
        named = {"$schema": DRAFT_2020_12, "$id": f"{source_id}.advisory.schema.json", "title": title}
        documents[f"schemas/{source_id}.advisory.schema.json"] = {**named, "type": "object", "properties": advisory}
    return documents


def _record_schema(source_id: str, sample: Sample, noun: Noun, mapping: dict[str, str]) -> dict[str, Any]:
    needed = {mapping[name] for name, column in noun["columns"].items() if column.get("required") and name in mapping}
    return {
        "$schema": DRAFT_2020_12,
        "$id": f"{source_id}.schema.json",
        "title": f"One record of {source_id}",
        "type": "object",
        "required": [column.name for column in sample.columns if column.is_complete or column.name in needed],
        "properties": {column.name: column.schema for column in sample.columns},
    }


def _source(source_id: str, sample: Sample, noun: Noun, mapping: dict[str, str], has_advisory: bool) -> dict[str, Any]:
    origin, _, name = source_id.partition("__")
    changed = next((column.name for column in sample.columns if CHANGED.search(column.name)), None)
    keys = [mapping[key] for key in noun["key"] if key in mapping] or [_key(sample.columns)]
    return {
        "$schema": "../schema/source.schema.json",
        "source_id": source_id,
        "title": f"{noun['title']}: {origin}",
        "path_pattern": f"{origin}/{{as_of:date}}/{name}s{{any}}.csv",
        "format": {"kind": "csv", "delimiter": sample.delimiter, "encoding": "utf-8", "unknown_columns": "refuse"},
        "delivery": {"kind": "delta", "ordered_by": {"path": "as_of"}, "duplicate_content": "skip"},
        "keys": keys,
        "order_column": changed,
        "record_schema": f"{source_id}.schema.json",
        "advisory_schema": f"{source_id}.advisory.schema.json" if has_advisory else None,
        "phi_columns": _personal(sample.columns, noun, mapping),
        "silver": {"noun": name, "columns": _columns(sample.columns, mapping), "effective_from": changed},
        "controls": {"record_count": None, "sums": []},
        "expected": None,
        "databricks_job": "rcm_medallion",
    }


def _columns(columns: Iterable[Column], mapping: dict[str, str]) -> dict[str, Any]:
    schemas = {column.name: column.schema for column in columns}
    return {target: _mapped(name, schemas[name]) for target, name in mapping.items()}


def _mapped(name: str, schema: dict[str, Any]) -> Any:
    if "enum" in schema:
        return {"from": name, "values": {value: re.sub(r"[^a-z0-9]+", "_", value.lower()) for value in schema["enum"]}}
    if schema.get("pattern") == US_DATE_PATTERN:
        return {"from": name, "format": "MM/dd/yyyy"}
    return name


def _personal(columns: Iterable[Column], noun: Noun, mapping: dict[str, str]) -> list[str]:
    """Columns that sound like a person's, and those that make PHI columns of the noun."""
    made = {mapping[name] for name, column in noun["columns"].items() if column.get("phi") and name in mapping}
    return [column.name for column in columns if column.name in made or PERSONAL.search(column.name)]


def _advisory(columns: Iterable[Column]) -> dict[str, Any]:
    found = {}
    for column in columns:
        formats = [name for name, sounds in FORMAT_BY_NAME.items() if sounds.search(column.name)]
        if formats and column.schema.get("type") == "string":
            found[column.name] = {"format": formats[0]}
    return found


def _key(columns: Iterable[Column]) -> str:
    """The first column without a repeated value, else the first of all."""
    listed = list(columns)
    return next((column.name for column in listed if column.is_unique), listed[0].name)
