"""The demo's records against the record schemas of the shipped metadata, judged by the reference validator."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from local.world.demo import DemoFile, DemoWorld, write_demo_world

METADATA = Path(__file__).parents[3] / "metadata"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> DemoWorld:
    return write_demo_world(tmp_path_factory.mktemp("demo"), seed=7)


def record_schema(source_id: str) -> dict[str, Any]:
    source = json.loads((METADATA / "sources" / f"{source_id}.json").read_text(encoding="utf-8"))
    schema: dict[str, Any] = json.loads((METADATA / "schemas" / source["record_schema"]).read_text(encoding="utf-8"))
    return schema


def typed(cell: str, schema: dict[str, Any]) -> object:
    if schema.get("type") != "number":
        return cell
    try:
        return float(cell)
    except ValueError:
        return cell


def violations(world: DemoWorld, file: DemoFile) -> Iterator[tuple[int, str, str]]:
    schema = record_schema(file.source_id or "")
    properties = schema["properties"]
    validator = Draft202012Validator(schema, format_checker=FormatChecker())
    with (world.folder / file.path).open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines)
    assert tuple(header) == tuple(properties)
    for number, row in enumerate(rows, 1):
        if len(row) != len(header):
            yield number, "ragged_row", ""
            continue
        record = {name: typed(cell, properties[name]) for name, cell in zip(header, row, strict=True) if cell}
        for error in validator.iter_errors(record):
            missing = set(schema["required"]) - record.keys()
            yield number, error.validator, str(error.path[0]) if error.path else missing.pop()


def test_the_reference_finds_the_planted_violations_and_no_others(world: DemoWorld) -> None:
    landed = [file for file in world.files if file.outcome == "landed"]
    for file in landed:
        planted = [(violation.row_number, violation.rule, violation.field) for violation in file.violations]
        assert list(violations(world, file)) == planted, file.path
