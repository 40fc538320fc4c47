"""A sample goes in, and what comes out is metadata that is read and fixtures that hold, before anybody edited them."""

import csv
import json
import shutil
from io import BytesIO
from pathlib import Path

import pytest

from local.new_source.__main__ import main
from local.new_source.infer import infer
from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.source import SourceDefinition
from shared.pipeline.check import RecordChecker
from shared.pipeline.check_file import FileReport, check_file

HEADER = [
    "EncNo",
    "PatientID",
    "EncounterDate",
    "Type",
    "Provider_ID",
    "Department",
    "ProcCode",
    "Charge",
    "ModifiedDate",
]
CANARY = "Zyxwvut-Canary"


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """Encounters as a third hospital might send them: other names, other order, other dates, semicolons."""
    file = tmp_path / "hospital_c__encounter.csv"
    rows = [
        [f"E{n:05d}", f"{CANARY}-{n}", f"01/0{n % 9 + 1}/2026", ("Inpatient", "Outpatient")[n % 2], f"P{n}",
         "CARD" if n % 3 else "", "99213", f"{n}.50", f"2026-01-{n % 28 + 1:02d}"]
        for n in range(1, 41)
    ]  # fmt: skip
    with file.open("w", newline="", encoding="utf-8") as opened:
        csv.writer(opened, delimiter=";").writerows([HEADER, *rows])
    return file


@pytest.fixture
def metadata(tmp_path: Path) -> Path:
    """The shipped schemas and nouns, and no source yet."""
    folder = tmp_path / "metadata"
    for name in ("schema", "nouns"):
        shutil.copytree(DEFAULT_PATH / name, folder / name)
    return folder


def draft(sample: Path, metadata: Path) -> int:
    return main([str(sample), "--metadata", str(metadata), "--fixtures", str(metadata / "fixtures")])


def report_of(source: SourceDefinition, file: Path) -> FileReport:
    checker = RecordChecker(source.record_schema, source.advisory_schema, source.format.kind)
    return check_file([file.read_bytes()], source.format, checker, BytesIO(), BytesIO())


def test_a_draft_is_read_as_it_is(sample: Path, metadata: Path) -> None:
    assert draft(sample, metadata) == 0
    source = load_metadata(metadata).sources["hospital_c__encounter"]
    assert source.columns == tuple(HEADER)
    assert source.keys == ("EncNo",)
    assert source.order_column == source.silver.effective_from == "ModifiedDate"
    assert source.format.delimiter == ";"
    mapped = {name: mapping.origin_column for name, mapping in source.silver.columns.items()}
    assert mapped["encounter_id"] == "EncNo"
    assert mapped["patient_id"] == "PatientID"
    assert mapped["encounter_type"] == "Type"
    assert source.silver.columns["encounter_date"].date_format == "MM/dd/yyyy"
    assert "PatientID" in source.phi_columns


def test_the_sample_itself_lands_whole(sample: Path, metadata: Path) -> None:
    draft(sample, metadata)
    source = load_metadata(metadata).sources["hospital_c__encounter"]
    assert report_of(source, sample).bronze == 40


def test_the_drafted_fixtures_hold(sample: Path, metadata: Path) -> None:
    draft(sample, metadata)
    source = load_metadata(metadata).sources["hospital_c__encounter"]
    folder = metadata / "fixtures" / "hospital_c__encounter"
    assert report_of(source, folder / "good.csv").reasons == {}
    found = {(v.row_number, v.tier.value, v.rule, v.field) for v in report_of(source, folder / "bad.csv").samples}
    expected = json.loads((folder / "expected.json").read_text())["violations"]
    assert found == {tuple(violation.values()) for violation in expected}
    assert len(found) > 4


def test_no_value_of_a_person_gets_into_the_drafts(sample: Path, metadata: Path) -> None:
    draft(sample, metadata)
    drafts = [file for file in metadata.rglob("*hospital_c*") if file.is_file()]
    drafts += (metadata / "fixtures").rglob("*.*")
    assert drafts
    assert not [file for file in drafts if CANARY in file.read_text(encoding="utf-8")]


def test_a_list_of_words_becomes_an_enumeration_and_names_never_do(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    lines = [f"{('Ann', 'Bob')[n % 2]} Example {n},{('yes', 'no')[n % 2]}" for n in range(10)]
    file.write_text("\n".join(["Name,Smoker", *lines]))
    name, smoker = infer(file).columns
    assert "enum" not in name.schema
    assert smoker.schema == {"enum": ["no", "yes"]}


def test_what_exists_is_not_overwritten(sample: Path, metadata: Path, capsys: pytest.CaptureFixture[str]) -> None:
    draft(sample, metadata)
    before = {file: file.read_bytes() for file in metadata.rglob("*.json")}
    assert draft(sample, metadata) == 1
    assert "exists already" in capsys.readouterr().err
    assert before == {file: file.read_bytes() for file in metadata.rglob("*.json")}


@pytest.mark.parametrize("text", ["", "a,b\n", "a,a\n1,2\n", "a,\n1,2\n"])
def test_a_sample_that_says_too_little_is_refused(tmp_path: Path, metadata: Path, text: str) -> None:
    sample = tmp_path / "hospital_c__encounter.csv"
    sample.write_text(text)
    assert draft(sample, metadata) == 1
