"""Parquet, fixed width and Excel."""

import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.model.file_format import FileFormat, FileKind, FixedField
from shared.model.violation import Violation
from shared.pipeline.block import Block
from shared.pipeline.read import read


def only_block(content: bytes, file_format: FileFormat) -> Block:
    (block,) = read([content[:10], content[10:]], file_format)
    assert isinstance(block, Block)
    return block


def refusal(content: bytes, file_format: FileFormat) -> list[tuple[str, str]]:
    return [(part.rule, part.field) for part in read([content], file_format) if isinstance(part, Violation)]


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out)
    return out.getvalue()


PARQUET = FileFormat(FileKind.PARQUET, columns=("id", "amount"), optional_columns=frozenset({"amount"}))


def test_parquet_keeps_its_types_and_finds_columns_by_name() -> None:
    amounts = pa.array([Decimal("1.50"), None], pa.decimal128(10, 2))
    block = only_block(parquet(pa.table({"amount": amounts, "id": [1, 2]})), PARQUET)
    assert block.records.schema.names == ["id", "amount"]
    assert block.records.to_pylist() == [{"id": 1, "amount": Decimal("1.50")}, {"id": 2, "amount": None}]
    assert block.row_numbers.to_pylist() == [1, 2]


def test_what_is_not_parquet_is_refused() -> None:
    whole = parquet(pa.table({"id": [1]}))
    assert refusal(b"PAR1 not really", PARQUET) == [("not_parquet", "")]
    assert refusal(whole[:-6], PARQUET) == [("not_parquet", "")]
    assert refusal(parquet(pa.table({"amount": [1]})), PARQUET) == [("missing_column", "/id")]
    assert refusal(parquet(pa.table({"id": pa.array([], pa.int64())})), PARQUET) == [("header_only", "")]


FIXED = FileFormat(FileKind.FIXED_WIDTH, fixed_width=(FixedField("id", 0, 4), FixedField("name", 4, 5)))


def test_fixed_width_cells_lose_their_padding_and_too_long_lines_are_ragged() -> None:
    block = only_block("12  Ann  \r\n0034Zoë\n1234567890\n\n5\n".encode(), FIXED)
    assert [list(record.values()) for record in block.records.to_pylist()] == [
        ["12", "Ann"],
        ["0034", "Zoë"],
        ["5", ""],
    ]
    assert [(row.row_number, row.rule) for row in block.unsplit] == [(3, "ragged_row")]
    assert block.row_numbers.to_pylist() == [1, 2, 4]


def workbook(rows: list[list[object]], title: str = "Sheet") -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


EXCEL = FileFormat(FileKind.EXCEL, columns=("id", "amount", "day"), sheet="Claims")


def test_excel_cells_are_text_that_a_person_would_type() -> None:
    rows: list[list[object]] = [
        ["id", "amount", "day"],
        [7, 12.5, date(2024, 2, 29)],
        ["007", 1e-7, datetime(2024, 1, 1, 8, 30)],  # noqa: DTZ001 a workbook knows no zones
        [True, None, "null"],
    ]
    block = only_block(workbook(rows, "Claims"), EXCEL)
    assert [list(record.values()) for record in block.records.to_pylist()] == [
        ["7", "12.5", "2024-02-29"],
        ["007", "0.0000001", "2024-01-01T08:30:00"],
        ["true", "", "null"],
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"id,amount,day\n", "not_excel"),
        (workbook([["id", "amount", "day"]], "Other"), "missing_sheet"),
        (workbook([["id", "amount", "day"]], "Claims"), "header_only"),
    ],
)
def test_what_is_not_the_declared_sheet_is_refused(content: bytes, reason: str) -> None:
    assert refusal(content, EXCEL) == [(reason, "")]


def test_a_wrong_declaration_names_the_key_and_the_known_ones() -> None:
    with pytest.raises(ValueError, match="unknown key seperator; known are kind, delimiter"):
        FileFormat.from_mapping({"kind": "csv", "seperator": ";"})
    with pytest.raises(ValueError, match="kind must be one of csv, json_lines"):
        FileFormat.from_mapping({"kind": "xml"})
    with pytest.raises(ValueError, match="delimiter must be one ASCII character"):
        FileFormat.from_mapping({"delimiter": "||"})
