"""Tracing a figure over what the lakehouse published, here in row groups of two rows so that pages cross them."""

import io
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.errors import RequestRefusedError
from shared.flows.trace_figure import trace_figure
from shared.testing.fake_ports import FakePorts

TRACE = "trace/t1"
FIGURE = {"kpi_id": "aged_ar", "hospital": "hospital_a", "period": "2024-03"}
PLACE = {"noun": None, "source_id": None, "source_key": None, "_file_version_id": None, "_generation": None}
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("row", "account_id", "payer", "department", "provider", "service_line")]
    + [(name, pa.string()) for name in ("noun", "source_id", "source_key", "_file_version_id")]
    + [("_generation", pa.int32()), ("_row_number", pa.int64()), ("s0", pa.decimal128(18, 2))]
)
ENTRY = pa.schema(
    [(name, pa.string()) for name in ("account_id", "claim_id", "line_id", "responsible_party", "gl_account", "kind")]
    + [("amount", pa.decimal128(18, 2)), ("posting_date", pa.date32()), ("effective_date", pa.date32())]
    + [(name, pa.string()) for name in ("noun", "source_id", "source_key", "_file_version_id")]
    + [("_generation", pa.int32()), ("_row_number", pa.int64())]
)


def upload(ports: FakePorts, name: str, rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), sink, row_group_size=2)
    ports.files.upload("published", f"{TRACE}/{name}/part-0.parquet", sink.getvalue())


def balance(number: int, amount: str | None, payer: str = "AETNA") -> dict[str, Any]:
    account = f"hospital_a:A{number}"
    owed = None if amount is None else Decimal(amount)
    return {**PLACE, "row": f"{account}|{payer}", "account_id": account, "payer": payer, "s0": owed}


def line(number: int, amount: str, day: date, party: str = "AETNA") -> dict[str, Any]:
    return {
        "account_id": "hospital_a:A3", "line_id": f"l{number}", "responsible_party": party, "gl_account": "1200",
        "kind": "charge", "amount": Decimal(amount), "posting_date": day, "effective_date": day, "noun": "charge",
        "source_id": "hospital_a__charge", "source_key": f"C{number}", "_file_version_id": "f" * 64, "_generation": 1,
        "_row_number": number,
    }  # fmt: skip


@pytest.fixture
def published(ports: FakePorts) -> FakePorts:
    figures = [{"kpi_id": "aged_ar", "hospital": "hospital_a", "bucket": None}]
    sides = {"numerator": ["account_balance", "s0"], "denominator": ["account_balance", "s0"]}
    document = {
        "trace_id": "t1", "entry_files": 1, "figures": [{**figures[0], **sides}],
        "relations": {"account_balance": {"grain": "account", "made_of": ["gold.ledger_line"]}},
    }  # fmt: skip
    ports.files.upload("published", "one/trace.json/part-0.txt", json.dumps(document).encode())
    ports.files.upload("published", "current/2026/part-0.txt", b'{"edition": "one", "token": "one"}')
    place = "hospital=hospital_a/period=2024-03"
    rows = [balance(1, "1.10"), balance(2, None), balance(3, "3.30"), balance(4, "4.40", "CIGNA"), balance(5, None)]
    upload(ports, f"account_balance/{place}", [*rows, balance(6, None), balance(7, "7.70"), balance(8, "0.00")], SCHEMA)
    lines = [line(1, "5.00", date(2024, 1, 2)), line(2, "-1.70", date(2024, 3, 31)), line(3, "9.99", date(2024, 4, 1))]
    other = [line(4, "6.00", date(2024, 1, 2), "PATIENT"), {**line(5, "8.00", date(2024, 1, 2)), "account_id": "other"}]
    upload(ports, "entry/hospital=hospital_a/part=0", [*lines, *other], ENTRY)
    amounts = {"numerator": Decimal("16.50"), "denominator": Decimal("16.50"), "value": Decimal(1), "multiplier": 1}
    whole = {"kpi_id": "aged_ar", "bucket": None, "dimension": None, "member": None, "basis": "ledger", "unit": "ratio"}
    one = {**whole, **amounts, "dimension": "payer", "member": "CIGNA", "numerator": Decimal("4.40")}
    upload(ports, f"figure/{place}", [{**whole, **amounts}, one])
    return ports


def numbers(said: Any) -> list[tuple[int, str]]:
    return [(row["number"], row["amount"]) for row in said["rows"]]


def test_a_figure_is_told_row_by_row_with_the_total_of_all(published: FakePorts) -> None:
    said: Any = trace_figure(published, FIGURE)
    assert numbers(said) == [(0, "1.10"), (1, "3.30"), (2, "4.40"), (3, "7.70"), (4, "0.00")]
    assert (said["row_count"], said["amount"], said["figure"]["numerator"]) == (5, "16.50", "16.50")
    assert "next_page" not in said


def test_pages_cross_row_groups_and_end(published: FakePorts) -> None:
    first: Any = trace_figure(published, {**FIGURE, "limit": "2"})
    assert (numbers(first), first["next_page"]) == ([(0, "1.10"), (1, "3.30")], "2")
    second: Any = trace_figure(published, {**FIGURE, "limit": "2", "page": first["next_page"]})
    assert (numbers(second), second["next_page"]) == ([(2, "4.40"), (3, "7.70")], "4")
    last: Any = trace_figure(published, {**FIGURE, "limit": "2", "page": "4"})
    assert numbers(last) == [(4, "0.00")]
    assert {one["amount"] for one in (first, second, last)} == {"16.50"}
    assert "next_page" not in last


def test_a_slice_has_the_rows_of_its_member_alone(published: FakePorts) -> None:
    said: Any = trace_figure(published, {**FIGURE, "dimension": "payer", "member": "CIGNA"})
    assert (numbers(said), said["amount"], said["figure"]["numerator"]) == ([(0, "4.40")], "4.40", "4.40")


def test_a_row_is_told_with_the_lines_that_make_its_balance_at_the_months_end(published: FakePorts) -> None:
    said: Any = trace_figure(published, {**FIGURE, "row": "1"})
    assert (said["row"], said["amount"]) == ("hospital_a:A3|AETNA", "3.30")
    assert [(one["line_id"], one["amount"]) for one in said["entries"]] == [("l1", "5.00"), ("l2", "-1.70")]
    place = said["entries"][0]["from"]
    assert place["bronze"] == f"bronze:hospital_a__charge/{'f' * 64}/1"
    assert (place["silver"], place["row_number"]) == ("silver.charge", 1)


@pytest.mark.parametrize(
    ("query", "code", "status"),
    [
        ({"kpi_id": "aged_ar"}, "bad_hospital", 400),
        ({**FIGURE, "period": "2024-13"}, "bad_period", 400),
        ({**FIGURE, "dimension": "payer"}, "bad_slice", 400),
        ({**FIGURE, "side": "both"}, "bad_side", 400),
        ({**FIGURE, "limit": "501"}, "bad_limit", 400),
        ({**FIGURE, "page": "-1"}, "bad_page", 400),
        ({**FIGURE, "account_id": "1"}, "unknown_filter", 400),
        ({**FIGURE, "bucket": "b"}, "unknown_figure", 404),
        ({**FIGURE, "period": "2024-02"}, "unknown_figure", 404),
        ({**FIGURE, "row": "5"}, "unknown_row", 404),
    ],
)
def test_what_cannot_be_told_is_refused(published: FakePorts, query: dict[str, str], code: str, status: int) -> None:
    with pytest.raises(RequestRefusedError, match=f"^{code}") as refused:
        trace_figure(published, query)
    assert refused.value.status == status


def test_an_edition_that_is_not_traced_yet_says_so(published: FakePorts) -> None:
    del published.files.blobs["published"]["one/trace.json/part-0.txt"]
    with pytest.raises(RequestRefusedError, match="not_traced"):
        trace_figure(published, FIGURE)


def test_only_row_groups_that_can_have_a_row_are_read(published: FakePorts) -> None:
    """The third group has amounts of nobody: its statistics say so."""
    read: list[int] = []
    range_of = published.files.read_range

    def counted(container: str, name: str, start: int, length: int, etag: str | None = None) -> bytes:
        read.append(start if "account_balance" in name else -1)
        return range_of(container, name, start, length, etag)

    published.files.read_range = counted  # type: ignore[method-assign]
    trace_figure(published, FIGURE)
    (name,) = [one for one in published.files.blobs["published"] if "account_balance" in one]
    group = pq.ParquetFile(io.BytesIO(published.files.blobs["published"][name].content)).metadata.row_group(2)
    column = group.column(group.num_columns - 1)
    first = min(column.dictionary_page_offset or column.data_page_offset, column.data_page_offset)
    assert not [start for start in read if first <= start < first + column.total_compressed_size]
