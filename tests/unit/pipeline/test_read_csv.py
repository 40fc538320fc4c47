"""CSV, its awkward forms, and the files that are refused."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model.file_format import FileFormat, Limits
from shared.model.violation import Violation
from shared.pipeline.block import Block
from shared.pipeline.formats import csv as csv_format
from shared.pipeline.read import read

FILES = Path(__file__).parents[2] / "fixtures" / "files"
TWO = FileFormat(columns=("a", "b"))


def rows_of(content: bytes, file_format: FileFormat = TWO, chunk: int = 7) -> list[tuple[Any, ...]]:
    """(row number, cells…) of every record with cells, (row number, rule) of the others."""
    found: list[tuple[Any, ...]] = []
    for block in blocks(content, file_format, chunk):
        numbers = block.row_numbers.to_pylist()
        found += [(n, *record.values()) for n, record in zip(numbers, block.records.to_pylist(), strict=True)]
        found += [(row.row_number, row.rule) for row in block.unsplit]
    return sorted(found)


def blocks(content: bytes, file_format: FileFormat = TWO, chunk: int = 7) -> list[Block]:
    parts = list(read(pieces(content, chunk), file_format))
    assert all(isinstance(part, Block) for part in parts), parts
    return [part for part in parts if isinstance(part, Block)]


def pieces(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


def refusal(content: bytes, file_format: FileFormat = TWO) -> list[tuple[str, str]]:
    last = [part for part in read(pieces(content, 7), file_format) if isinstance(part, Violation)]
    assert all(violation.row_number is None for violation in last)
    return [(violation.rule, violation.field) for violation in last]


def test_cells_keep_their_text_and_records_their_number() -> None:
    content = b'a,b\n1, x \n\n"2","say ""hi"""\r\n3,"two\nlines"\n4,'
    assert rows_of(content) == [(1, "1", " x "), (2, "2", 'say "hi"'), (3, "3", "two\nlines"), (4, "4", "")]


def test_a_ragged_row_is_set_aside_and_the_numbers_of_the_others_stay() -> None:
    assert rows_of(b"a,b\n1,2\n3\n4,5,6\n7,8\n") == [(1, "1", "2"), (2, "ragged_row"), (3, "ragged_row"), (4, "7", "8")]


def test_a_quote_inside_a_plain_cell_is_text_and_text_after_a_closing_quote_is_not_guessed() -> None:
    content = b'a,b\n1,5" pipe\n"2"x,3\n4,"5"\n'
    assert rows_of(content) == [(1, "1", '5" pipe'), (2, "text_after_quote"), (3, "4", "5")]


def test_columns_come_in_any_order_and_under_their_aliases() -> None:
    renamed = FileFormat(columns=("id", "name"), aliases={"F_Name": "name"})
    assert rows_of(b"F_Name,id\nAnn,1\n", renamed) == [(1, "1", "Ann")]


def test_an_optional_column_that_is_absent_is_a_column_of_empty_cells() -> None:
    optional = FileFormat(columns=("a", "b"), optional_columns=frozenset({"b"}))
    assert rows_of(b"a\n1\n2\n", optional) == [(1, "1", ""), (2, "2", "")]


def test_unknown_columns_land_where_they_are_accepted() -> None:
    open_format = FileFormat.from_mapping({"kind": "csv", "unknown_columns": "accept"}, ("a",))
    assert rows_of(b"x,a\n1,2\n", open_format) == [(1, "2", "1")]


def test_any_declared_delimiter_separates_and_quotes_can_be_plain_text() -> None:
    pipes = FileFormat(columns=("a", "b"), delimiter="|", quote="")
    assert rows_of(b'a|b\n"1|2"\n', pipes) == [(1, '"1', '2"')]


def test_a_declared_encoding_is_transcoded_and_a_mark_is_no_part_of_the_header() -> None:
    cp1252 = FileFormat(columns=("a", "b"), encoding="cp1252")
    assert rows_of("a,b\n\x80,é\n".replace("\x80", "€").encode("cp1252"), cp1252) == [(1, "€", "é")]
    assert rows_of(b"\xef\xbb\xbfa,b\n1,2\n") == [(1, "1", "2")]
    assert rows_of("a,b\n1,é\n".encode("utf-16"), FileFormat(columns=("a", "b"), encoding="utf-16")) == [(1, "1", "é")]


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\x7f"])
def test_a_control_character_is_found_wherever_it_stands(character: str) -> None:
    rows = [f"{number},{'é\t' if number % 2 else 'same'}" for number in range(2_000)]
    rows[1_500] = f"1500,sa{character}me"
    (block,) = blocks("\n".join(["a,b", *rows, ""]).encode(), chunk=100_000)
    assert pa.types.is_dictionary(block.records.column("b").type)
    assert [(each.reason.field, each.rows.tolist()) for each in block.findings] == [("/b", [1_500])]


def test_a_control_character_fails_its_record_only() -> None:
    (block,) = blocks(b"a,b\n1,2\n3,\x00\n4,\t\n", chunk=100)
    assert [(each.reason.rule, each.reason.field, each.rows.tolist()) for each in block.findings] == [
        ("control_char", "/b", [1])
    ]


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b"", [("empty_file", "")]),
        (b"\n\r\n\n", [("empty_file", "")]),
        (b"a,b\n", [("header_only", "")]),
        (b"a\n1\n", [("missing_column", "/b")]),
        (b"a,b,a\n1,2,3\n", [("duplicate_column", "/a")]),
        (b"a,b, A\n1,2,3\n", [("duplicate_column", ""), ("unknown_column", "")]),
        (b"a,b,surname\n1,2,3\n", [("unknown_column", "")]),
        (b"a;b\n1;2\n", [("wrong_delimiter", "")]),
        (b"a,b\n1,\xff\n", [("not_utf8", "")]),
        (b"a,b\n1,\xc0\xaf\n", [("not_utf8", "")]),
        ("a,b\n1,2\n".encode("utf-16"), [("not_utf8", "")]),
        (b'a,b\n1,"2\n3,4\n', [("unterminated_quote", "")]),
        (b'a,"b\n1,2\n', [("unterminated_quote", "")]),
        (b"PK\x03\x04a,b\n1,2\n", [("archive", "")]),
    ],
)
def test_a_file_that_is_not_as_declared_is_refused_with_a_stable_code(
    content: bytes, reasons: list[tuple[str, str]]
) -> None:
    assert refusal(content) == reasons


def test_an_unknown_name_in_a_header_is_never_shown() -> None:
    (violation,) = (part for part in read([b"a,b,Jane Doe\n"], TWO) if isinstance(part, Violation))
    assert "Jane" not in repr(violation) + violation.message()


def test_limits_hold_wherever_in_the_file_they_are_passed() -> None:
    tight = FileFormat(columns=("a", "b"), limits=Limits(record_bytes=100, field_bytes=60, columns=2))
    assert refusal(b"a,b\n1," + b"x" * 61 + b"\n", tight) == [("field_too_long", "")]
    assert refusal(b"a,b\n" + b"x" * 55 + b"," + b"y" * 55 + b"\n", tight) == [("record_too_long", "")]
    assert refusal(b"a,b,c\n", tight) == [("too_many_columns", "")]


def test_ten_gigabytes_without_a_line_end_are_refused_after_one_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_format, "WINDOW", 4096)
    served = 0

    def endless() -> Iterator[bytes]:
        nonlocal served
        while True:
            served += 1024
            yield b"a" * 1024

    limited = FileFormat(columns=("a", "b"), limits=Limits(record_bytes=8192))
    assert [part.rule for part in read(endless(), limited) if isinstance(part, Violation)] == ["record_too_long"]
    assert served <= 8192 + 2 * 4096 + 1024


def test_the_public_shape_of_an_awkward_file_is_read_as_it_is() -> None:
    content = (FILES / "patients_awkward.csv").read_bytes()
    names = ("PatientID", "FirstName", "Address")
    read_rows = rows_of(content, FileFormat(columns=names), chunk=50)
    assert [row[:2] for row in read_rows] == [
        (1, "HOSP1-000001"),
        (2, "HOSP1-000002"),
        (3, "ragged_row"),
        (4, "HOSP1-000004"),
        (5, "HOSP1-000005"),
    ]
    assert read_rows[0][3] == "Unit 0915\nBox 7064, DPO AA 82777"
    assert read_rows[1][2] == "null"


CELL = st.text(st.sampled_from('ab",;\n\r é'), max_size=6)


@settings(deadline=None)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12), st.integers(1, 30), st.sampled_from(["\n", "\r\n"]))
def test_whatever_a_csv_writer_wrote_is_read_back_wherever_the_blocks_are_cut(
    rows: list[tuple[str, str]], window: int, line_end: str
) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_format, "WINDOW", window)
        assert rows_of(out.getvalue().encode(), chunk=5) == [(n, *row) for n, row in enumerate(rows, 1)]


MESSY = st.text(st.sampled_from('a",\n\r'), max_size=40) | st.text(st.sampled_from("a,\n\r"), max_size=80)


@settings(deadline=None)
@given(MESSY, st.integers(1, 90), st.integers(2, 30))  # Arrow takes a page of one byte, an LF after CR, for the end
def test_where_blocks_and_pages_are_cut_changes_nothing_however_wrong_the_quotes_are(
    text: str, window: int, page: int
) -> None:
    content = b"a,b\n" + text.encode()

    def outcome() -> object:
        parts = list(read(pieces(content, 5), TWO))
        reasons = [part.rule for part in parts if isinstance(part, Violation)]
        return reasons or rows_of(content)

    whole = outcome()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(csv_format, "WINDOW", window)
        patched.setattr(csv_format, "PAGE", page)
        assert outcome() == whole
