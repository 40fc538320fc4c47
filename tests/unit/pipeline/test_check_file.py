"""A whole file: what lands, what is quarantined, what the report says."""

import io
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.model.file_format import FileFormat, FileKind, Tolerance
from shared.model.violation import Tier
from shared.pipeline.check import RecordChecker
from shared.pipeline.check_file import FileReport, check_file
from shared.pipeline.formats import csv as csv_format

RECORD = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "pattern": "^P[0-9]+$"},
        "amount": {"type": "number", "minimum": 0, "multipleOf": 0.01},
        "day": {"type": "string", "format": "date"},
    },
    "required": ["id", "amount"],
}
ADVISORY = {"properties": {"day": {"pattern": "^2024"}, "amount": {"maximum": 100}}}
CSV = FileFormat(columns=("id", "amount", "day"))


class Files:
    """What a check wrote, and its report."""

    def __init__(
        self, content: bytes, file_format: FileFormat = CSV, totals: Sequence[str] = (), workers: int = 1
    ) -> None:
        bronze, quarantine = io.BytesIO(), io.BytesIO()
        checker = RecordChecker(RECORD, ADVISORY, file_format.kind)
        self.seen: list[int] = []

        def observe(batch: pa.RecordBatch) -> None:
            self.seen += batch.column("_row_number").to_pylist()

        chunks = [content[at : at + 64] for at in range(0, len(content), 64)]
        self.report: FileReport = check_file(chunks, file_format, checker, bronze, quarantine, observe, totals, workers)
        self.bronze_bytes, self.quarantine_bytes = bronze.getvalue(), quarantine.getvalue()

    @property
    def bronze(self) -> list[dict[str, object]]:
        return rows_of(self.bronze_bytes)

    @property
    def quarantine(self) -> list[dict[str, object]]:
        return rows_of(self.quarantine_bytes)


def rows_of(content: bytes) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = table(content).to_pylist()
    return rows


def table(content: bytes) -> pa.Table:
    return pq.read_table(pa.BufferReader(content))


MIXED = b"""id,amount,day
P1,0.07,2024-01-01
P2,007,2024-02-30
short
,-1,2024-01-01
P5,101,2023-01-01
P6,1e1,
"""


def test_every_record_lands_or_is_quarantined_with_all_its_reasons() -> None:
    files = Files(MIXED)
    assert files.bronze == [
        {"_row_number": 1, "id": "P1", "amount": "0.07", "day": "2024-01-01"},
        {"_row_number": 5, "id": "P5", "amount": "101", "day": "2023-01-01"},
        {"_row_number": 6, "id": "P6", "amount": "1e1", "day": ""},
    ]
    shown = [(row["_row_number"], row["id"], row["_raw"], reasons(row)) for row in files.quarantine]
    assert shown == [
        (2, "P2", None, {("type", "/amount"), ("format", "/day")}),
        (3, None, "short", {("ragged_row", "")}),
        (4, "", None, {("required", "/id"), ("minimum", "/amount")}),
    ]


def reasons(row: dict[str, object]) -> set[tuple[str, str]]:
    listed = row["_reasons"]
    assert isinstance(listed, list)
    assert all(reason["tier"] == "row" for reason in listed)
    return {(reason["rule"], reason["field"]) for reason in listed}


def test_the_report_counts_records_and_reasons_and_sums_what_was_asked() -> None:
    report = Files(MIXED, totals=["amount"]).report
    assert (report.records_in, report.bronze, report.quarantined, report.advisory) == (6, 3, 3, 1)
    assert report.reasons[(Tier.ROW, "ragged_row", "")] == 1
    assert report.reasons[(Tier.ADVISORY, "maximum", "/amount")] == 1
    assert report.reasons[(Tier.ADVISORY, "pattern", "/day")] == 1
    assert report.column_totals == {"amount": Decimal("110.07")}
    assert not report.refused


def test_samples_are_bounded_and_totals_exact_when_every_record_is_bad() -> None:
    report = Files(b"id,amount,day\n" + b"X,1,\n" * 1000).report
    assert report.reasons == {(Tier.ROW, "pattern", "/id"): 1000}
    assert [violation.row_number for violation in report.samples] == [1, 2, 3, 4, 5]
    assert report.quarantined == report.records_in == 1000


def test_what_lands_is_observed() -> None:
    assert Files(MIXED).seen == [1, 5, 6]


def test_a_file_that_breaks_late_is_refused_whole() -> None:
    files = Files(MIXED + b'P7,1,"')
    assert [violation.rule for violation in files.report.structural] == ["unterminated_quote"]
    assert files.report.reasons == {(Tier.STRUCTURAL, "unterminated_quote", ""): 1}
    assert (files.report.records_in, files.report.bronze, files.report.samples) == (0, 0, ())


def test_an_accepted_file_without_records_is_a_bronze_file_without_rows() -> None:
    files = Files(b"id,amount,day\n", FileFormat(columns=CSV.columns, empty=Tolerance.ACCEPT))
    assert table(files.bronze_bytes).schema.names == ["_row_number", "id", "amount", "day"]
    assert (files.bronze, files.report.records_in, files.quarantine_bytes) == ([], 0, b"")


def test_json_tells_null_from_missing_and_quarantines_the_record_as_it_came() -> None:
    lines = FileFormat(FileKind.JSON_LINES, columns=("id", "amount"))
    content = b'{"id":"P1","amount":0.29}\n{"id":null,"amount":1}\n{"id":"P3","amount":"1"}\nnot json\n'
    files = Files(content, lines)
    assert [(row["_row_number"], row["amount"]) for row in files.bronze] == [(1, "0.29")]
    shown = [(row["_raw"], reasons(row)) for row in files.quarantine]
    assert shown == [
        ('{"id":null,"amount":1}', {("type", "/id")}),
        ('{"id":"P3","amount":"1"}', {("type", "/amount")}),
        ("not json", {("not_json", "")}),
    ]


def test_json_without_declared_columns_is_checked_by_its_values() -> None:
    files = Files(b'{"id":"P1","amount":1}\n{"amount":1}\n', FileFormat(FileKind.JSON_LINES))
    assert [row["_record"] for row in files.bronze] == ['{"id":"P1","amount":1}']
    assert [reasons(row) for row in files.quarantine] == [{("required", "/id")}]


def test_nested_cells_of_parquet_are_quarantined_as_json() -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"id": ["X"], "amount": [1], "tags": [[{"a": Decimal("1.50")}]]}), out)
    names = ("id", "amount", "tags")
    assert Files(out.getvalue(), FileFormat(FileKind.PARQUET, columns=names)).quarantine[0]["tags"] == '[{"a":1.50}]'


def test_parquet_lands_with_its_types_and_is_quarantined_as_text() -> None:
    out = io.BytesIO()
    days = pa.array([None, None], pa.date32())
    amounts = pa.array([Decimal("1.20"), Decimal("1.255")], pa.decimal128(9, 3))
    pq.write_table(pa.table({"id": ["P1", "P2"], "amount": amounts, "day": days}), out)
    files = Files(out.getvalue(), FileFormat(FileKind.PARQUET, columns=("id", "amount", "day")))
    assert files.bronze == [{"_row_number": 1, "id": "P1", "amount": Decimal("1.200"), "day": None}]
    assert [(row["amount"], row["day"], reasons(row)) for row in files.quarantine] == [
        ("1.255", None, {("multipleOf", "/amount")})
    ]


def test_two_workers_find_what_one_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_format, "WINDOW", 100)
    content = MIXED + b"P9,x,\nP9,1\nP7,1,\n" * 200
    one, two = Files(content, totals=["amount"]), Files(content, totals=["amount"], workers=2)
    assert two.report == one.report
    assert (two.bronze, two.quarantine) == (one.bronze, one.quarantine)
    broken = Files(content + b'"', workers=2)
    assert [violation.rule for violation in broken.report.structural] == ["unterminated_quote"]


def test_a_fault_of_the_store_passes_through_the_threads() -> None:
    def failing() -> Iterator[bytes]:
        yield MIXED
        raise TimeoutError

    with pytest.raises(TimeoutError):
        check_file(failing(), CSV, RecordChecker(RECORD), io.BytesIO(), io.BytesIO(), workers=2)


def test_columns_that_repeat_their_cells_land_as_the_same_text() -> None:
    content = b"id,amount,day\n" + b"".join(b"P%d,%d,2024-01-%02d\n" % (n, n % 3, n % 40) for n in range(3000))
    files = Files(content)
    assert [row["day"] for row in files.bronze][:3] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert files.report.reasons[(Tier.ROW, "format", "/day")] == sum(not 1 <= n % 40 <= 31 for n in range(3000))
    assert {row["day"] for row in files.quarantine} == {"2024-01-00", *(f"2024-01-{day}" for day in range(32, 40))}


GOOD, BAD, RAGGED = "P1,1,", "P1,x,", "P1"


@settings(deadline=None)
@given(st.lists(st.sampled_from([GOOD, BAD, RAGGED]), min_size=1, max_size=30))
def test_only_the_bad_records_move_and_their_numbers_are_right(kinds: list[str]) -> None:
    files = Files(("id,amount,day\n" + "\n".join(kinds)).encode())
    bad = [number for number, kind in enumerate(kinds, 1) if kind != GOOD]
    assert [row["_row_number"] for row in files.bronze] == [n for n in range(1, len(kinds) + 1) if n not in bad]
    assert [row["_row_number"] for row in files.quarantine] == bad if bad else files.quarantine_bytes == b""
    assert files.report.records_in == len(kinds)
