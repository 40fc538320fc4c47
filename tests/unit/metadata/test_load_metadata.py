"""A metadata folder with one source of each kind of thing, and each way of getting it wrong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from shared.errors import ConfigurationError
from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.delivery import ByPath, DeliveryKind

type Change = Callable[[dict[str, Any]], object]

NOUN = {
    "noun": "patient",
    "title": "A person",
    "history": "scd2",
    "key": ["patient_id"],
    "columns": {
        "patient_id": {"type": "id", "of": "patient", "required": True, "description": "Number"},
        "birth_date": {"type": "date", "phi": True, "description": "Born"},
        "gender": {"type": "code", "description": "Gender"},
    },
    "quality_flags": {},
}
RECORD_SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["Id"],
    "properties": {
        "Id": {"type": "string"},
        "Born": {"type": "string", "format": "date"},
        "Sex": {"enum": ["F", "M"]},
        "Changed": {"type": "string", "format": "date"},
    },
}
SOURCE = {
    "source_id": "clinic__patient",
    "title": "Patients of a clinic",
    "path_pattern": "emr/clinic/{as_of:date}/patients{any}.csv",
    "format": {"kind": "csv"},
    "delivery": {"kind": "full", "ordered_by": {"path": "as_of"}, "hold_below_share": 0.5},
    "keys": ["Id"],
    "order_column": "Changed",
    "record_schema": "clinic__patient.schema.json",
    "advisory_schema": None,
    "phi_columns": ["Id", "Born"],
    "silver": {
        "noun": "patient",
        "columns": {
            "patient_id": "Id",
            "birth_date": {"from": "Born", "format": "yyyy-MM-dd"},
            "gender": {"from": "Sex", "values": {"F": "female", "M": "male"}},
        },
        "effective_from": "Changed",
    },
    "controls": {"record_count": "record_count", "sums": []},
    "expected": {"every": "P1D", "grace": "PT6H"},
    "databricks_job": "rcm_medallion",
}
EXTRACT = {
    "extract_id": "clinic__patient",
    "title": "Patients",
    "active": True,
    "connection": "clinic",
    "table": "dbo.patients",
    "columns": {"Id": "patient_no"},
    "where": {},
    "pull": {"kind": "incremental", "watermark_column": "changed", "watermark_type": "date", "overlap": "P2D"},
    "target_source": "clinic__patient",
}
CODE_SET = {
    "code_set_id": "patients",
    "title": "No code set at all, but brought like one",
    "active": True,
    "origin": "cms",
    "target_source": "clinic__patient",
    "refresh": {
        "kind": "editions",
        "editions": [{"month": 10, "path": "/{fiscal_year}.zip"}],
        "member": "*.txt",
        "columns": {"Id": {"start": 0}},
        "keep": None,
        "look_again": "P30D",
    },
}
FILES = {
    "nouns/patient.json": NOUN,
    "schemas/clinic__patient.schema.json": RECORD_SCHEMA,
    "sources/clinic__patient.json": SOURCE,
    "extracts/clinic__patient.json": EXTRACT,
    "code_sets/patients.json": CODE_SET,
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(DEFAULT_PATH / "schema", tmp_path / "schema")
    for name, document in FILES.items():
        write(tmp_path / name, document)
    return tmp_path


def write(file: Path, document: object) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(document), encoding="utf-8")


def change(folder: Path, name: str, how: Change) -> None:
    document = json.loads((folder / name).read_text(encoding="utf-8"))
    how(document)
    write(folder / name, document)


def fault_of(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as raised:
        load_metadata(folder)
    assert raised.value.code == "bad_metadata"
    return str(raised.value)


def test_a_sound_folder_is_read_into_typed_values(folder: Path) -> None:
    metadata = load_metadata(folder)
    source = metadata.sources["clinic__patient"]
    assert source.columns == ("Id", "Born", "Sex", "Changed")
    assert source.delivery.kind is DeliveryKind.FULL
    assert source.delivery.ordered_by == ByPath("as_of")
    assert source.delivery.skips_duplicate_content
    assert source.controls.are_declared
    assert source.origin == "clinic"
    assert source.silver.columns["gender"].values == {"F": "female", "M": "male"}
    assert metadata.extracts["clinic__patient"].table_column("Id") == "patient_no"
    assert metadata.code_sets["patients"].origin == "cms"


def test_entries_of_a_noun_that_is_not_there_are_refused(folder: Path) -> None:
    dates = {"effective": "paid_on", "posting": "paid_on"}
    entries = {"noun": "gift", "title": "Gifts", "book": "payable", "dates": dates, "carries": [], "rules": []}
    write(folder / "ledger" / "gift.json", entries | {"rules": [{"postings": []}]})
    assert "ledger/gift.json: gift is no noun" in fault_of(folder)
    write(folder / "ledger" / "gift.json", entries)
    assert "ledger/gift.json: rules" in fault_of(folder)


def test_a_crosswalk_that_leads_nowhere_or_of_no_column_is_refused(folder: Path) -> None:
    sound = {
        "crosswalk": "sex", "title": "Sexes", "version": 1, "named_by": {"patient": ["gender"]}, "golden": ["f", "m"],
        "everywhere": {"F": "f"}, "of_hospital": {"clinic": {"W": "f"}},
    }  # fmt: skip
    write(folder / "crosswalks" / "sex.json", sound)
    load_metadata(folder)
    write(folder / "crosswalks" / "sex.json", sound | {"everywhere": {"F": "female"}})
    assert "crosswalks/sex.json: female is none of the golden codes" in fault_of(folder)
    write(folder / "crosswalks" / "sex.json", sound | {"named_by": {"patient": ["sex"]}})
    assert "crosswalks/sex.json: named_by: patient has no column sex" in fault_of(folder)


PATTERN_ERROR = {"type": "object", "properties": {"Id": {"pattern": "("}}}
SOURCE_FAULTS: dict[str, tuple[Change, str]] = {
    "an unknown key": (
        lambda d: d.update(colour="red"),
        "(top): Additional properties are not allowed ('colour' was unexpected); known are $schema, source_id, title",
    ),
    "an unknown delivery": (lambda d: d["delivery"].update(kind="fulll"), "delivery/kind: 'fulll' is not one of"),
    "an unknown key of a format": (lambda d: d["format"].update(separator=";"), "unknown key separator; known are"),
    "an unknown kind of format": (lambda d: d["format"].update(kind="cvs"), "kind must be one of csv"),
    "a period that is no period's": (lambda d: d["delivery"].update(period={"path": "as_of"}), "delivery"),
    "a file of another name": (lambda d: d.update(source_id="clinic__person"), "source_id: is not the file's name"),
    "a schema that is not there": (
        lambda d: d.update(record_schema="x.schema.json"),
        "schemas/x.schema.json does not exist; known are clinic__patient.schema.json",
    ),
    "a placeholder of no kind": (lambda d: d.update(path_pattern="{as_of:day}"), "{as_of:day} is not one of"),
    "a placeholder twice": (lambda d: d.update(path_pattern="{as_of:date}{as_of:date}"), "as_of comes twice"),
    "an order that the path does not say": (
        lambda d: d["delivery"].update(ordered_by={"path": "day"}),
        "delivery/ordered_by: day is no date or month of path_pattern; known are as_of",
    ),
    "a full delivery without a date": (
        lambda d: d["delivery"].update(ordered_by={"arrival": True}),
        "skip would lose a full delivery",
    ),
    "a size guard of a delta": (
        lambda d: d["delivery"].update(kind="delta"),
        "hold_below_share: has no sense for delta",
    ),
    "a key that is no column": (lambda d: d.update(keys=["No"]), "keys: No is no column of the record schema; known"),
    "a key that may be missing": (lambda d: d.update(keys=["Born"]), "keys: Born is no required column"),
    "an order column that is none": (lambda d: d.update(order_column="No"), "order_column: No is no column"),
    "PHI that is no column": (lambda d: d["phi_columns"].append("No"), "phi_columns: No is no column"),
    "an alias of no column": (lambda d: d["format"].update(aliases={"x": "No"}), "format/aliases: No is no column"),
    "a noun that is not there": (lambda d: d["silver"].update(noun="person"), "person is no noun; known are patient"),
    "a column the noun has not": (
        lambda d: d["silver"]["columns"].update(age="Born"),
        "silver/columns: age is no column of patient; known are patient_id",
    ),
    "a required column unmapped": (
        lambda d: d["silver"]["columns"].pop("patient_id"),
        "patient_id of patient is required and not mapped",
    ),
    "a required column from one that may be missing": (
        lambda d: d["silver"]["columns"].update(patient_id="Born"),
        "Born makes the required column patient_id and may be missing",
    ),
    "PHI that is not listed": (lambda d: d.update(phi_columns=["Id"]), "phi_columns: Born makes the PHI column"),
    "a table of values with a gap": (
        lambda d: d["silver"]["columns"]["gender"]["values"].pop("M"),
        "silver/columns/gender/values: M is no key of the table of values; known are F",
    ),
    "a check of codes in a column that is none": (
        lambda d: d.update(code_checks=[{"column": "No", "editions": "clinic__patient", "dates": ["Changed"]}]),
        "code_checks/column: No is no column of the record schema",
    ),
    "a check of codes of no source": (
        lambda d: d.update(code_checks=[{"column": "Sex", "editions": "x", "dates": ["Changed"]}]),
        "code_checks/editions: x is no source; known are clinic__patient",
    ),
    "a check of codes of a delta": (
        lambda d: d.update(
            code_checks=[{"column": "Sex", "editions": "clinic__patient", "dates": ["Changed"]}],
            delivery={"kind": "delta", "ordered_by": {"path": "as_of"}},
        ),
        "code_checks/editions: clinic__patient does not deliver in full, dated by the path",
    ),
    "no length of time": (lambda d: d["expected"].update(every="P1Y"), "expected"),
}


@pytest.mark.parametrize(("how", "said"), SOURCE_FAULTS.values(), ids=SOURCE_FAULTS)
def test_a_wrong_source_is_refused_by_file_key_and_what_is_known(folder: Path, how: Change, said: str) -> None:
    change(folder, "sources/clinic__patient.json", how)
    fault = fault_of(folder)
    assert "sources/clinic__patient.json: " in fault
    assert said in fault


EXTRACT_FAULTS: dict[str, tuple[Change, str]] = {
    "SQL for a table": (lambda d: d.update(table="patients; DROP TABLE x"), "table: "),
    "SQL for a column": (lambda d: d["columns"].update(Id="1 OR 1"), "columns/Id: "),
    "a column of no record": (lambda d: d.update(columns={"No": "no"}), "columns: No is no column of the record"),
    "a source that is not there": (
        lambda d: d.update(target_source="x"),
        "target_source: x is no source; known are clinic__",
    ),
    "an overlap below a day": (lambda d: d["pull"].update(overlap="PT6H"), "pull/overlap: must be at least 1 day"),
}


@pytest.mark.parametrize(("how", "said"), EXTRACT_FAULTS.values(), ids=EXTRACT_FAULTS)
def test_a_wrong_extract_is_refused(folder: Path, how: Change, said: str) -> None:
    change(folder, "extracts/clinic__patient.json", how)
    assert f"extracts/clinic__patient.json: {said}" in fault_of(folder)


CODE_SET_FAULTS: dict[str, tuple[Change, str]] = {
    "an address for an origin": (lambda d: d.update(origin="https://cms.gov"), "origin: "),
    "a thirteenth month": (lambda d: d["refresh"]["editions"][0].update(month=13), "refresh/editions/0/month: "),
    "an unknown part of a path": (lambda d: d["refresh"]["editions"][0].update(path="/{day}"), "refresh/editions/0"),
    "a column the source has not": (
        lambda d: d["refresh"].update(columns={"No": {"start": 0}}),
        "refresh/columns: No is no column of it; known are Id",
    ),
}


@pytest.mark.parametrize(("how", "said"), CODE_SET_FAULTS.values(), ids=CODE_SET_FAULTS)
def test_a_wrong_code_set_is_refused(folder: Path, how: Change, said: str) -> None:
    change(folder, "code_sets/patients.json", how)
    assert f"code_sets/patients.json: {said}" in fault_of(folder)


def test_two_active_code_sets_of_one_noun_are_refused(folder: Path) -> None:
    write(folder / "code_sets/others.json", {**CODE_SET, "code_set_id": "others"})
    assert "code_sets/patients.json: active: others brings patient already" in fault_of(folder)


def test_two_sources_that_match_the_same_paths_are_refused(folder: Path) -> None:
    twin = {**SOURCE, "source_id": "other__patient", "path_pattern": "emr/clinic/{day:date}/patients{any}.csv"}
    twin["delivery"] = {"kind": "full", "ordered_by": {"path": "day"}}
    write(folder / "sources/other__patient.json", twin)
    assert "sources/other__patient.json: path_pattern: matches what clinic__patient matches" in fault_of(folder)


def test_every_fault_is_named_at_once(folder: Path) -> None:
    change(folder, "sources/clinic__patient.json", lambda d: d.update(colour="red"))
    change(folder, "nouns/patient.json", lambda d: d.update(colour="red"))
    fault = fault_of(folder)
    assert "nouns/patient.json" in fault
    assert "sources/clinic__patient.json" in fault


def test_an_advisory_schema_speaks_of_the_record_s_columns_only(folder: Path) -> None:
    write(folder / "schemas/advisory.schema.json", {"type": "object", "properties": {"No": {}}})
    change(folder, "sources/clinic__patient.json", lambda d: d.update(advisory_schema="advisory.schema.json"))
    assert "advisory_schema/properties: No is no column" in fault_of(folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "Expecting"), ("[]", "is not a JSON object"), ('{"a": 1, "a": 2}', "a key comes twice among a, a")],
)
def test_what_is_no_json_object_is_refused(folder: Path, text: str, said: str) -> None:
    (folder / "sources/clinic__patient.json").write_text(text, encoding="utf-8")
    assert f"sources/clinic__patient.json: {said}" in fault_of(folder)


def test_a_format_that_nobody_knows_is_refused(folder: Path) -> None:
    change(folder, "schemas/clinic__patient.schema.json", lambda d: d["properties"]["Born"].update(format="dates"))
    assert "record_schema/format: dates is no format; known are cdt, cpt, date" in fault_of(folder)


@pytest.mark.parametrize(
    "schema", [{"type": "objekt"}, {"type": "object"}, {"type": "array", "properties": {"a": {}}}, PATTERN_ERROR]
)
def test_a_record_schema_that_describes_no_record_is_refused(folder: Path, schema: dict[str, object]) -> None:
    write(folder / "schemas/clinic__patient.schema.json", schema)
    assert "sources/clinic__patient.json: schemas/clinic__patient.schema.json: " in fault_of(folder)


def test_a_folder_without_metadata_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no_metadata"):
        load_metadata(tmp_path)
