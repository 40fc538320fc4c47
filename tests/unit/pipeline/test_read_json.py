"""JSON lines and JSON arrays."""

import json
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model.file_format import FileFormat, FileKind
from shared.model.violation import Violation
from shared.pipeline.block import Block
from shared.pipeline.formats.json_block import json_lines_block
from shared.pipeline.formats.json_keys import KeyTable
from shared.pipeline.instances import instances
from shared.pipeline.read import read
from shared.pipeline.schema.cells import CellTypes

LINES = FileFormat(FileKind.JSON_LINES, columns=("a", "b"))
ARRAY = FileFormat(FileKind.JSON_ARRAY, columns=("a", "b"))


def parts(content: bytes, file_format: FileFormat, chunk: int = 9) -> list[Block | Violation]:
    return list(read([content[at : at + chunk] for at in range(0, len(content), chunk)], file_format))


def values(content: bytes, file_format: FileFormat) -> list[object]:
    read_blocks = (part for part in parts(content, file_format) if isinstance(part, Block))
    return [value for block in read_blocks for value in values_of(block, file_format)]


def values_of(block: Block, file_format: FileFormat) -> list[Any]:
    every = np.arange(block.records.num_rows)
    return list(instances(block, file_format.kind, CellTypes(), every))


def rules(content: bytes, file_format: FileFormat) -> list[tuple[int | None, str]]:
    """Every record that could not be split and every structural violation."""
    found: list[tuple[int | None, str]] = []
    for part in parts(content, file_format):
        found += [(None, part.rule)] if isinstance(part, Violation) else [(r.row_number, r.rule) for r in part.unsplit]
    return found


def test_null_missing_and_the_digits_of_numbers_are_kept_apart() -> None:
    content = b'{"a":1.50,"b":null}\n{"a":""}\n'
    (block,) = (part for part in parts(content, LINES, 100) if isinstance(part, Block))
    assert values_of(block, LINES) == [{"a": Decimal("1.50"), "b": None}, {"a": ""}]
    assert block.records.to_pylist() == [
        {"_record": '{"a":1.50,"b":null}', "a": "1.50", "b": None},
        {"_record": '{"a":""}', "a": "", "b": None},
    ]


@pytest.mark.parametrize("escaped", ["", r"\u0041"])
@pytest.mark.parametrize("digits", ["1e2", "1E-07", "0.0000001", "100", "-0", "-0.0", "1.50", "9" * 5000])
def test_a_number_keeps_its_own_digits_however_its_line_is_read(digits: str, escaped: str) -> None:
    content = f'{{"a":{digits},"b":"{escaped}"}}\n{{"a":{{"x":{digits}}}}}\n'.encode()
    (block,) = (part for part in parts(content, LINES, 100) if isinstance(part, Block))
    assert block.records.column("a").to_pylist() == [digits, f'{{"x":{digits}}}']
    assert [value["a"] for value in values_of(block, LINES)] == [Decimal(digits), {"x": Decimal(digits)}]


def test_a_line_that_is_no_json_is_one_bad_record() -> None:
    deep = b"[" * 200_000
    content = b'{"a":1}\n{"a":}\n\n{"a":1,"a":2}\n{"a":NaN}\n"\\ud800"\n' + deep + b'\n{"a":2}\n'
    assert rules(content, LINES) == [
        (2, "not_json"),
        (3, "duplicate_key"),
        (4, "not_json"),
        (5, "not_unicode"),
        (6, "too_deep"),
    ]
    assert values(content, LINES) == [{"a": 1}, {"a": 2}]


def test_numbers_that_no_float_can_hold_are_exact() -> None:
    huge = "9" * 5000
    assert values(f"[1e400, {huge}, 0.1]".encode(), ARRAY) == [Decimal("1e400"), Decimal(huge), Decimal("0.1")]


def test_an_array_is_cut_at_its_elements_and_a_wrong_element_is_one_bad_record() -> None:
    content = b' [ {"a":"],"} , {"a":[1,{"b":"}"}]} ,{"a":1,}, 7 ] \n'
    assert values(content, ARRAY) == [{"a": "],"}, {"a": [1, {"b": "}"}]}, 7]
    assert rules(content, ARRAY) == [(3, "not_json")]


def test_what_is_not_one_array_is_refused() -> None:
    assert rules(b'{"a":1}', ARRAY) == [(None, "not_json_array")]
    assert rules(b'[{"a":1},', ARRAY) == [(None, "not_json_array")]
    assert rules(b'[{"a":1}] x', ARRAY) == [(None, "trailing_bytes")]
    assert rules(b"[]", ARRAY) == [(None, "header_only")]
    assert rules(b'[{"a":"\xff"}]', ARRAY) == [(None, "not_utf8")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(deadline=None)
@given(st.lists(JSON, min_size=1, max_size=6), st.booleans())
def test_whatever_json_was_written_is_read_back_from_lines_and_from_an_array(
    written: list[object], ascii_only: bool
) -> None:
    texts = [json.dumps(value, ensure_ascii=ascii_only) for value in written]
    assert values("\n".join(texts).encode(), LINES) == written
    assert values(f"[{' , '.join(texts)}]".encode(), ARRAY) == written


STYLES = [(",", ":"), (", ", ": "), (",", ": ")]
FLAT = st.dictionaries(
    st.sampled_from(["a", "b", "longer_name_of_18_b"]),
    st.sampled_from(
        ["", "x", "é", "a much longer text than twelve bytes", '"', "\\", ",", '":', "}", "1", None, True, False, 0]
    )
    | st.sampled_from([-1, 7.5, 10**20, 1e300, [], {}, {"b": 1}, "\t"]),
    max_size=3,
)
NAMED = FileFormat(FileKind.JSON_LINES, columns=("a", "b", "longer_name_of_18_b"))


def damaged(line: str, at: int, character: str, how: int) -> str:
    """The line with one character put in, taken out or replaced; or, mostly, as it is."""
    at = at % (len(line) + 1)
    if how > 2:
        return line
    return line[:at] + character * (how != 0) + line[at + (how != 1) :]


@settings(deadline=None, max_examples=300)
@given(
    st.lists(
        st.tuples(FLAT, st.integers(0, 200), st.sampled_from('{}[]",:01.-e tn\\ \t\r'), st.integers(0, 8)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from(STYLES),
    st.booleans(),
)
def test_lines_read_all_at_once_are_the_lines_read_one_by_one(
    drawn: list[tuple[dict[str, object], int, str, int]], style: tuple[str, str], ascii_only: bool
) -> None:
    lines = [
        damaged(json.dumps(d, ensure_ascii=ascii_only, separators=style), at, mark, how) for d, at, mark, how in drawn
    ]
    text = "\n".join(lines).encode()
    together = json_lines_block(text, KeyTable(NAMED.columns), NAMED)
    alone = json_lines_block(text, None, NAMED)
    assert together.row_numbers == alone.row_numbers
    assert sorted(together.unsplit, key=lambda row: row.row_number) == list(alone.unsplit)
    assert values_of(together, NAMED) == values_of(alone, NAMED)
    assert together.records.column("_record") == alone.records.column("_record")
    told = pa.array([at for at in range(together.records.num_rows) if at not in together.instances], pa.int64())
    assert together.records.take(told) == alone.records.take(told)


def test_plain_lines_are_read_all_at_once() -> None:
    lines = b'{"a": "x", "b": 1.50}\n{"b": true}\n{"a": null, "b": -7}\n'
    block = json_lines_block(lines, KeyTable(NAMED.columns), NAMED)
    assert (block.instances, block.unsplit) == ({}, ())
    assert {name: kinds.tolist() for name, kinds in block.kinds.items()} == {
        "a": [1, 0, 3],
        "b": [2, 3, 2],
        "longer_name_of_18_b": [0, 0, 0],
    }
