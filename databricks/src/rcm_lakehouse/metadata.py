"""The facts the lakehouse needs from `metadata/`: the nouns of silver, and how each source becomes one.

Shape is checked against `metadata/schema/` before release; here only sense is: names that must meet, do."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.ledger.rules import EntryRules, read_rules

MAPPING_RULES_VERSION = 2
"""Raised when the code that types and versions records changes its meaning: silver is then rebuilt from the log."""


@dataclass(frozen=True, slots=True)
class NounColumn:
    """A column of silver. `type` is one of id, code, text, date, instant, money, integer, boolean."""

    name: str
    type: str
    of: str | None
    required: bool
    phi: bool
    description: str


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun of the common model. `history` is scd2 or latest; `quality_flags` maps a flag to a SQL condition.

    `entries`: what its rows mean to the account ledger and the payables, None: nothing.
    """

    name: str
    title: str
    history: str
    key: tuple[str, ...]
    columns: tuple[NounColumn, ...]
    quality_flags: Mapping[str, str]
    entries: EntryRules | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What a silver column is made of: a constant, or a column of the record, read by format, table and letter case."""

    column: str | None
    const: str | None
    format: str | None
    values: Mapping[str, str] | None
    normalise: str | None

    @classmethod
    def from_json(cls, mapping: str | Mapping[str, Any]) -> "Cell":
        if isinstance(mapping, str):
            return cls(mapping, None, None, None, None)
        if "const" in mapping:
            const = mapping["const"]
            return cls(None, None if const is None else _text(const), None, None, None)
        return cls(mapping["from"], None, mapping.get("format"), mapping.get("values"), mapping.get("normalise"))


@dataclass(frozen=True, slots=True)
class Source:
    """A source as the lakehouse sees it. `period_column` is None when the path names the period, or nothing does.

    `phi_columns` are those of its record that identify a person.
    """

    source_id: str
    is_text: bool
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    order_column: str | None
    delivery_kind: str
    period_column: str | None
    phi_columns: tuple[str, ...]
    noun: str
    cells: Mapping[str, Cell]
    effective_from: str | None
    mapping_id: str

    @property
    def log_names(self) -> Mapping[str, str]:
        """Record column to its name in the bronze log: Delta takes no blanks, commas and the like in a name."""
        return {column: re.sub(r"[ ,;{}()\n\t=]", "_", column) for column in self.columns}

    @property
    def naming_columns(self) -> list[str]:
        """The columns that name a record's member and period."""
        return sorted({*self.keys, *([self.period_column] if self.period_column else [])})

    @property
    def origin(self) -> str:
        """The facility, payer or publisher the source is of."""
        return self.source_id.partition("__")[0]


@dataclass(frozen=True, slots=True)
class Metadata:
    """All sources and nouns, by name."""

    sources: Mapping[str, Source]
    nouns: Mapping[str, Noun]

    def source(self, source_id: str) -> Source:
        """MetadataError when there is no such source."""
        if source_id not in self.sources:
            raise MetadataError(f"no source {source_id!r}; known: {', '.join(sorted(self.sources))}")
        return self.sources[source_id]


def read_metadata(folder: Path) -> Metadata:
    """Reads `nouns/`, `ledger/` and `sources/` of `folder`; MetadataError names file and key."""
    nouns = {path.stem: _noun(path) for path in sorted((folder / "nouns").glob("*.json"))}
    sources = {path.stem: _source(path, nouns) for path in sorted((folder / "sources").glob("*.json"))}
    return Metadata(sources, nouns)


def _noun(path: Path) -> Noun:
    document = _json(path)
    entries = path.parents[1] / "ledger" / path.name
    columns = tuple(
        NounColumn(
            name,
            column["type"],
            column.get("of"),
            column.get("required", False),
            column.get("phi", False),
            column["description"],
        )
        for name, column in document["columns"].items()
    )
    return Noun(
        document["noun"],
        document["title"],
        document["history"],
        tuple(document["key"]),
        columns,
        document["quality_flags"],
        read_rules(_json(entries)) if entries.is_file() else None,
    )


def _source(path: Path, nouns: Mapping[str, Noun]) -> Source:
    document = _json(path)
    silver, delivery = document["silver"], document["delivery"]
    if silver["noun"] not in nouns:
        raise MetadataError(f"{path.name}: silver.noun {silver['noun']!r}; known: {', '.join(sorted(nouns))}")
    noun = nouns[silver["noun"]]
    record_schema = _json(path.parents[1] / "schemas" / document["record_schema"])
    source = Source(
        source_id=document["source_id"],
        is_text=document["format"]["kind"] == "csv",
        columns=tuple(record_schema["properties"]),
        keys=tuple(document["keys"]),
        order_column=document["order_column"],
        delivery_kind=delivery["kind"],
        period_column=delivery.get("period", {}).get("column"),
        phi_columns=tuple(document["phi_columns"]),
        noun=noun.name,
        cells={name: Cell.from_json(mapping) for name, mapping in silver["columns"].items()},
        effective_from=silver["effective_from"],
        mapping_id=_mapping_id(document, _json(path.parents[1] / "nouns" / f"{noun.name}.json"), noun.entries),
    )
    _check(path.name, source, noun)
    return source


def _check(file_name: str, source: Source, noun: Noun) -> None:
    known = {column.name for column in noun.columns}
    if unknown := set(source.cells) - known:
        raise MetadataError(f"{file_name}: silver.columns {sorted(unknown)}; known: {', '.join(sorted(known))}")
    required = {column.name for column in noun.columns if column.required}
    if missing := required - set(source.cells):
        raise MetadataError(f"{file_name}: silver.columns lacks {sorted(missing)}, which {noun.name} requires")
    named = {cell.column for cell in source.cells.values() if cell.column}
    named |= {column for column in (source.effective_from, source.order_column, source.period_column) if column}
    if absent := named - set(source.columns):
        raise MetadataError(f"{file_name}: {sorted(absent)} named but not in the record schema")
    if len({name.lower() for name in source.log_names.values()}) < len(source.columns):
        raise MetadataError(f"{file_name}: two record columns have one name in the log")
    key_columns = {cell.column for name, cell in source.cells.items() if name in noun.key and cell.column}
    if outside := key_columns - set(source.keys):
        raise MetadataError(f"{file_name}: the key of {noun.name} is made of {sorted(outside)}, which is not in keys")


def _mapping_id(document: Mapping[str, Any], noun: Mapping[str, Any], entries: EntryRules | None) -> str:
    meaning = [MAPPING_RULES_VERSION, document["silver"], document["delivery"], document["keys"]]
    ruled = [entries.rules_id] if entries else []
    facts = json.dumps([*meaning, document["order_column"], noun, *ruled], sort_keys=True)
    return hashlib.sha256(facts.encode()).hexdigest()[:16]


def _text(const: str | float | bool) -> str:
    return json.dumps(const) if isinstance(const, bool) else str(const)


def _json(path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise MetadataError(f"{path.parent.name}/{path.name} is missing")
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
