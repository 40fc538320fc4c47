"""Makes the small files that a source is tested with: made-up values only, and the violations that must be found."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from io import StringIO
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from local.new_source.json_text import json_text
from shared.pipeline.schema.formats import FORMATS

type Schema = Mapping[str, Any]
type Row = dict[str, str]

# What a column of such a name holds, as far as its schema agrees.
BY_NAME = {
    r"first|^f_name": ("Ada", "Grace", "Mary"),
    r"last|^l_name": ("Lovelace", "Hopper", "Seacole"),
    r"middle|^m_name": ("B", "M", "J"),
    r"address": ("1 Main St, Springfield, IL 62701", "2 Oak Ave, Chicago, IL 60601", "3 Elm Rd, Miami, FL 33101"),
    r"phone": ("217-555-0101", "312-555-0102", "305-555-0103"),
    r"birth|dob": ("1951-12-10", "1976-12-09", "1999-11-23"),
    r"special": ("Cardiology", "Radiology", "Surgery"),
    r"name|title": ("Cardiology", "Radiology", "Surgery"),
    r"desc": ("What it is", "What it is called", "What it means"),
    r"taxonomy": ("207Q00000X", "282N00000X", "2085R0202X"),
    r"npi": ("1234567893", "1003000126", "1245319599"),
    r"ssn": ("123-45-6789", "234-56-7890", "345-67-8901"),
    r"diag|icd": ("I10", "E11.9", "S52.501A"),
    r"procedure": ("99213", "99214", "99215"),
    r"period|month": ("2026-01", "2026-02", "2026-03"),
    r"zip": ("62701", "60601", "33101"),
    r"state": ("IL", "FL", "NY"),
}
# Values that a column of any name may hold; the first kind that fits its schema is taken.
BY_SCHEMA = (
    ("2026-01-05", "2026-01-06", "2026-01-07"),
    ("01/05/2026", "01/06/2026", "01/07/2026"),
    ("125.50", "80.00", "12.25"),
    ("1", "2", "3"),
    ("0450", "0300", "0636"),
    ("99213", "99214", "99215"),
    ("G0008", "J1100", "E0110"),
    *BY_NAME.values(),
)
LIKE_NO_TEXT = 4  # so many of them are dates and numbers
WRONG = ("", "NULL", "a wrong value", "2026-02-30", "02/30/2026", "x" * 41, "-1", "0.001", "1234567890", "000-12-3456")


def draft_fixtures(source: Mapping[str, Any], record: Schema, advisory: Schema | None) -> dict[str, str]:
    """`good.csv`, `bad.csv` and `expected.json` of a CSV source."""
    good = [_good_record(record, advisory, row) for row in range(3)]
    bad, violations = _spoil(record, advisory)
    header, delimiter = list(record["properties"]), source["format"]["delimiter"]
    return {
        "good.csv": _csv(header, [list(row.values()) for row in good], delimiter),
        "bad.csv": _csv(header, bad, delimiter),
        "expected.json": json_text({"landing_path": _landing_path(source["path_pattern"]), "violations": violations}),
    }


def _spoil(record: Schema, advisory: Schema | None) -> tuple[list[list[str]], list[dict[str, Any]]]:
    """A good record, then one with each kind of fault: the rows, and the violations by row number."""
    rows = [list(_good_record(record, advisory, 0).values())]
    expected: list[dict[str, Any]] = []

    def add(tier: str, rule: str, name: str, value: str) -> None:
        good = _good_record(record, advisory, len(rows))
        rows.append(list((good | {name: value}).values()))
        expected.append(_violation(len(rows), tier, rule, f"/{name}"))

    for name, schema in _properties(record):
        wrong = _wrong_value(schema, record, name)
        if wrong is not None and wrong[1] not in {violation["rule"] for violation in expected}:
            add("row", wrong[1], name, wrong[0])
    rows.append(list(_good_record(record, advisory, len(rows)).values())[:-1])
    expected.append(_violation(len(rows), "row", "ragged_row", ""))
    for name, schema in _properties(advisory or {}):
        doubtful = _doubtful_value(record["properties"][name], schema)
        if doubtful is not None:
            add("advisory", doubtful[1], name, doubtful[0])
    return rows, expected


def _violation(row_number: int, tier: str, rule: str, field: str) -> dict[str, Any]:
    return {"row_number": row_number, "tier": tier, "rule": rule, "field": field}


def _good_record(record: Schema, advisory: Schema | None, row: int) -> Row:
    doubts = (advisory or {}).get("properties", {})
    return {name: _example(name, (schema, doubts.get(name, True)), row) for name, schema in _properties(record)}


def _example(name: str, schemas: tuple[Schema, Any], row: int) -> str:
    """A value that both schemas like; another in another row, where there are several."""
    for kind in _kinds(name, schemas[0], row):
        if not any(_rules(value, schema) for value in kind for schema in schemas):
            return kind[row % len(kind)]
    raise ValueError(f"no made-up value fits column {name}: write the fixtures by hand")


def _kinds(name: str, schema: Schema, row: int) -> Iterator[tuple[str, ...]]:
    if "enum" in schema:
        yield tuple(schema["enum"])
    yield from (values for part, values in BY_NAME.items() if re.search(part, name, re.IGNORECASE))
    yield from (values for values in BY_SCHEMA[:LIKE_NO_TEXT] if schema.get("format") or schema.get("type") != "string")
    yield (f"{re.sub('[^A-Z]', '', name.upper().removesuffix('ID'))[:8]}{row + 1:03d}",)
    yield from BY_SCHEMA


def _wrong_value(schema: Schema, record: Schema, name: str) -> tuple[str, str] | None:
    """A value that breaks exactly one rule of a column, and the rule."""
    if name in record.get("required", ()) and name == record["required"][0]:
        return "", "required"
    return next(((value, rules[0]) for value in WRONG[1:] if len(rules := _rules(value, schema)) == 1), None)


def _doubtful_value(schema: Schema, advisory: Schema) -> tuple[str, str] | None:
    """A value that lands and breaks one advisory rule."""
    values = [*WRONG[1:], *(value for kind in BY_SCHEMA for value in kind)]
    landing = (value for value in values if not _rules(value, schema))
    return next(((value, rules[0]) for value in landing if len(rules := _rules(value, advisory)) == 1), None)


def _rules(value: str, schema: Any) -> list[str]:
    """The keywords that a cell breaks, by the reference library; a cell of a number's column is read as a number."""
    return [str(error.validator) for error in _validator(json.dumps(schema)).iter_errors(_typed(value, schema))]


@cache
def _validator(schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema), format_checker=_formats())


@cache
def _formats() -> FormatChecker:
    checker = FormatChecker(())
    for name, test in FORMATS.items():
        checker.checks(name)(lambda value, test=test: not isinstance(value, str) or test(value))
    return checker


def _typed(value: str, schema: Any) -> Any:
    if isinstance(schema, dict) and (schema.get("type") in ("number", "integer") or "multipleOf" in schema):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _properties(schema: Schema) -> list[tuple[str, Schema]]:
    return list(schema.get("properties", {}).items())


def _landing_path(pattern: str) -> str:
    return pattern.replace("{as_of:date}", "2026-01-31").replace("{any}", "").replace("{period:month}", "2026-01")


def _csv(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str) -> str:
    text = StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return text.getvalue()
