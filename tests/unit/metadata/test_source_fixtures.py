"""Every source has small files that show what it takes and what it does not, and every such folder has a source."""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.source import SourceDefinition
from shared.pipeline.check import RecordChecker
from shared.pipeline.check_file import FileReport, check_file
from shared.pipeline.identify import Identified, identify

FIXTURES = DEFAULT_PATH.parent / "tests" / "fixtures" / "sources"
SOURCE_IDS = sorted(file.stem for file in (DEFAULT_PATH / "sources").glob("*.json"))


@cache
def shipped() -> Mapping[str, SourceDefinition]:
    return load_metadata(DEFAULT_PATH).sources


def test_sources_and_folders_of_fixtures_are_the_same() -> None:
    assert {folder.name for folder in FIXTURES.iterdir()} == set(SOURCE_IDS)


def test_every_record_schema_belongs_to_a_source() -> None:
    documents = (json.loads(file.read_text()) for file in (DEFAULT_PATH / "sources").glob("*.json"))
    named = {document[kind] for document in documents for kind in ("record_schema", "advisory_schema")}
    assert {file.name for file in (DEFAULT_PATH / "schemas").iterdir()} == named - {None}


@pytest.fixture(params=SOURCE_IDS)
def source(request: pytest.FixtureRequest) -> SourceDefinition:
    return shipped()[request.param]


def test_a_good_file_lands_whole_and_without_a_doubt(source: SourceDefinition) -> None:
    report = report_of(source, "good")
    assert report.reasons == {}
    assert report.bronze == report.records_in > 0


def test_a_bad_file_has_exactly_the_violations_that_are_expected(source: SourceDefinition) -> None:
    report = report_of(source, "bad")
    found = {(each.row_number, each.tier.value, each.rule, each.field) for each in report.samples}
    expected = {tuple(violation.values()) for violation in expectation(source)["violations"]}
    assert found == expected
    assert sum(report.reasons.values()) == len(expected)


def test_a_fixture_s_landing_path_belongs_to_its_source(source: SourceDefinition) -> None:
    identified = identify(expectation(source)["landing_path"], shipped())
    assert isinstance(identified, Identified)
    assert identified.source_id == source.source_id


def report_of(source: SourceDefinition, name: str) -> FileReport:
    (file,) = (FIXTURES / source.source_id).glob(f"{name}.*")
    checker = RecordChecker(source.record_schema, source.advisory_schema, source.format.kind)
    return check_file([file.read_bytes()], source.format, checker, BytesIO(), BytesIO())


def expectation(source: SourceDefinition) -> Any:
    return json.loads(Path(FIXTURES / source.source_id / "expected.json").read_text(encoding="utf-8"))
