"""Reads metadata/ into typed values and refuses what it does not know: by JSON Schema for shape, then for sense."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from shared.errors import ConfigurationError
from shared.model.code_set import CodeSet
from shared.model.code_set_document import read_code_set
from shared.model.extract import Extract
from shared.model.source import SourceDefinition
from shared.model.source_document import read_source
from shared.pipeline.check_code_set import check_code_set, check_one_active
from shared.pipeline.check_extract import check_extract
from shared.pipeline.check_source import check_source

DEFAULT_PATH = Path(__file__).parent.parent / "metadata"

ID_KEYS = {
    "sources": "source_id",
    "nouns": "noun",
    "code_sets": "code_set_id",
    "extracts": "extract_id",
    "kpis": "kpi_id",
    "ledger": "noun",
    "master": "noun",
    "crosswalks": "crosswalk",
}

type Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Metadata:
    """Everything under metadata/, by id. Nouns and KPIs stay documents: the lakehouse is who reads them."""

    sources: Mapping[str, SourceDefinition]
    nouns: Mapping[str, Document]
    code_sets: Mapping[str, CodeSet]
    extracts: Mapping[str, Extract]
    kpis: Mapping[str, Document]


def load_metadata(path: Path) -> Metadata:
    """Reads and checks a metadata folder. ConfigurationError lists every fault: file, key and the known values."""
    if not (path / "sources").is_dir():
        raise ConfigurationError("no_metadata", f"{path} has no folder sources")
    faults: list[str] = []
    nouns = dict(_documents(path, "nouns", faults))
    kpis = dict(_documents(path, "kpis", faults))
    entered = dict(_documents(path, "ledger", faults))
    matched = dict(_documents(path, "master", faults))
    for kind, named in (("ledger", entered), ("master", matched)):
        faults += [f"{kind}/{name}.json: {name} is no noun" for name in sorted(named.keys() - nouns.keys())]
    for name, crosswalk in _documents(path, "crosswalks", faults):
        faults += (f"crosswalks/{name}.json: {fault}" for fault in _lost_ways(crosswalk, nouns))
    sources = _read(path, "sources", partial(_read_source, path), faults)
    code_sets = _read(path, "code_sets", read_code_set, faults)
    extracts = _read(path, "extracts", Extract.from_document, faults)
    metadata = Metadata(sources, nouns, code_sets, extracts, kpis)
    faults = faults or list(_senseless(metadata))
    if faults:
        raise ConfigurationError("bad_metadata", "; ".join(faults))
    return metadata


def _lost_ways(crosswalk: Document, nouns: Mapping[str, Document]) -> Iterator[str]:
    """Columns that no noun has, and codes that lead to none of the golden ones."""
    for noun, columns in crosswalk["named_by"].items():
        unknown = set(columns) - nouns.get(noun, {"columns": {}})["columns"].keys()
        yield from (f"named_by: {noun} has no column {column}" for column in sorted(unknown))
    for codes in (crosswalk["everywhere"], *crosswalk["of_hospital"].values()):
        lost = sorted(set(codes.values()) - set(crosswalk["golden"]))
        yield from (f"{code} is none of the golden codes" for code in lost)


def _read[T](path: Path, kind: str, read: Callable[[Document], T], faults: list[str]) -> dict[str, T]:
    """Everything of a kind that can be read, by id; what can't be is named in `faults`."""
    found = {}
    for name, document in _documents(path, kind, faults):
        try:
            found[name] = read(document)
        except ValueError as fault:
            faults.append(f"{kind}/{name}.json: {fault}")
    return found


def _documents(path: Path, kind: str, faults: list[str]) -> Iterator[tuple[str, Document]]:
    """The files of a kind that fit its JSON Schema, by their ids, which are their names."""
    schema_file = path / "schema" / f"{kind.removesuffix('s')}.schema.json"
    for file in sorted((path / kind).glob("*.json")):
        try:
            document = _read_json(file)
            misfits = list(_misfits(document, _read_json(schema_file)))
        except ValueError as fault:
            misfits = [str(fault)]
        if not misfits and document[ID_KEYS[kind]] != file.stem:
            misfits = [f"{ID_KEYS[kind]}: is not the file's name {file.stem}"]
        faults += [f"{kind}/{file.name}: {misfit}" for misfit in misfits]
        if not misfits:
            yield file.stem, document


def _read_json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        known = ", ".join(sorted(other.name for other in file.parent.glob("*.json"))) or "none"
        raise ValueError(f"{file.parent.name}/{file.name} does not exist; known are {known}")
    document = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=_refuse_twins)
    if not isinstance(document, dict):
        raise ValueError("is not a JSON object")
    return document


def _refuse_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) < len(pairs):
        raise ValueError(f"a key comes twice among {', '.join(key for key, _ in pairs)}")
    return document


def _misfits(document: Document, schema: Document) -> Iterator[str]:
    from jsonschema import Draft202012Validator  # costs time at import: not before metadata is read
    from jsonschema.exceptions import best_match

    for error in Draft202012Validator(schema).iter_errors(document):
        deepest = best_match([error]) or error
        key = "/".join(map(str, deepest.absolute_path)) or "(top)"
        known = ""
        if deepest.validator == "additionalProperties":
            known = f"; known are {', '.join(deepest.schema['properties'])}"
        yield f"{key}: {deepest.message}{known}"


def _read_source(path: Path, document: Document) -> SourceDefinition:
    return read_source(
        document,
        _read_record_schema(path, document["record_schema"]),
        document["advisory_schema"] and _read_record_schema(path, document["advisory_schema"]),
    )


def _read_record_schema(path: Path, name: str) -> Document:
    from shared.pipeline.schema.reference import check_schema  # loads jsonschema: not before metadata is read

    schema = _read_json(path / "schemas" / name)
    try:
        check_schema(schema)
    except ValueError as fault:
        raise ValueError(f"schemas/{name}: {fault}") from None
    if schema.get("type") != "object" or not schema.get("properties"):
        raise ValueError(f"schemas/{name}: a record is an object with properties")
    return schema


def _senseless(metadata: Metadata) -> Iterator[str]:
    sources = metadata.sources
    yield from _equal_patterns(sources)
    for source_id, source in sources.items():
        yield from (f"sources/{source_id}.json: {fault}" for fault in check_source(source, metadata.nouns, sources))
    for extract_id, extract in metadata.extracts.items():
        yield from (f"extracts/{extract_id}.json: {fault}" for fault in check_extract(extract, sources))
    for code_set_id, code_set in metadata.code_sets.items():
        yield from (f"code_sets/{code_set_id}.json: {fault}" for fault in check_code_set(code_set, sources))
    for code_set_id, fault in check_one_active(metadata.code_sets.values(), sources):
        yield f"code_sets/{code_set_id}.json: {fault}"


def _equal_patterns(sources: Mapping[str, SourceDefinition]) -> Iterator[str]:
    first: dict[str, str] = {}
    for source_id, source in sources.items():
        twin = first.setdefault(source.path_pattern.shape, source_id)
        if twin != source_id:
            yield f"sources/{source_id}.json: path_pattern: matches what {twin} matches"
