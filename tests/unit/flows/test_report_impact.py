"""What a file moves, over what the lakehouse published."""

import io
import json
import zlib
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared.errors import RequestRefusedError
from shared.flows.report_impact import show_impact
from shared.testing.fake_ports import FakePorts

FILES = 3
WRONG, HARMLESS = "a" * 64, "b" * 64
AMOUNT = pa.decimal128(38, 2)
SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("file_version_id", "hospital", "period", "kpi_id", "bucket", "dimension")]
    + [(name, pa.string()) for name in ("member", "unit")]
    + [("multiplier", pa.int32())]
    + [(name, AMOUNT) for name in ("numerator", "denominator", "numerator_change", "denominator_change")]
)


def upload(ports: FakePorts, name: str, file: str, rows: list[dict[str, Any]], schema: pa.Schema | None = None) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema), sink, row_group_size=2)
    part = f"trace/t1/{name}/part={zlib.crc32(file.encode()) % FILES}/part-{file[0]}.parquet"
    ports.files.upload("published", part, sink.getvalue())


def figure(numerator: str, denominator: str, more: str, more_below: str, **named: str) -> dict[str, Any]:
    amounts = {"numerator": numerator, "denominator": denominator}
    amounts |= {"numerator_change": more, "denominator_change": more_below}
    place = {"file_version_id": WRONG, "hospital": "hospital_a", "period": "2024-03", "kpi_id": "k", "unit": "days"}
    return {**place, "multiplier": 91, **named, **{name: Decimal(amount) for name, amount in amounts.items()}}


@pytest.fixture
def published(ports: FakePorts) -> FakePorts:
    document = {"trace_id": "t1", "impact_files": FILES}
    ports.files.upload("published", "one/trace.json/part-0.txt", json.dumps(document).encode())
    ports.files.upload("published", "current/2026/part-0.txt", b'{"edition": "one", "token": "one"}')
    for name in (WRONG, HARMLESS):
        ceases = [{"kpi_id": "c", "hospital": "hospital_a"}] if name == WRONG else []
        file = {"file_version_id": name, "generation": 2, "source_id": "hospital_a__charge", "not_told": []}
        upload(ports, "impact_file", name, [{**file, "ceases": ceases}])
    moved = [
        figure("100.00", "3.00", "-50.00", "0.00"),
        figure("1.00", "1.00", "0.00", "-1.00", bucket="b"),
        figure("0.00", "0.00", "2.00", "3.00", dimension="payer", member="AETNA"),
    ]
    upload(ports, "impact", WRONG, moved, SCHEMA)
    return ports


def test_each_figure_is_told_before_and_after_to_the_last_place(published: FakePorts) -> None:
    said: Any = show_impact(published, WRONG, {})
    assert (said["source_id"], said["generation"], said["figure_count"]) == ("hospital_a__charge", 2, 3)
    whole, bucket, sliced = said["figures"]
    assert whole["numerator"] == {"before": "100.00", "after": "50.00"}
    assert whole["value"] == {"before": "3033.333333", "after": "1516.666667"}
    assert bucket["bucket"] == "b"
    assert bucket["value"] == {"before": "91.000000", "after": None}
    assert (sliced["dimension"], sliced["member"]) == ("payer", "AETNA")
    assert sliced["value"] == {"before": None, "after": "60.666667"}
    assert said["ceases"] == [{"kpi_id": "c", "hospital": "hospital_a"}]


def test_figures_come_page_by_page(published: FakePorts) -> None:
    first: Any = show_impact(published, WRONG, {"limit": "2"})
    last: Any = show_impact(published, WRONG, {"limit": "2", "page": first["next_page"]})
    whole: Any = show_impact(published, WRONG, {})
    assert [*first["figures"], *last["figures"]] == whole["figures"]
    assert "next_page" not in last


def test_a_file_that_moves_nothing_is_known(published: FakePorts) -> None:
    said: Any = show_impact(published, HARMLESS, {})
    assert (said["figure_count"], said["figures"], said["ceases"]) == (0, [], [])


@pytest.mark.parametrize(
    ("file", "query", "code"),
    [("c" * 64, {}, "not_in_edition"), ("A1", {}, "bad_file"), (WRONG, {"hospital": "hospital_a"}, "unknown_filter")],
)
def test_what_cannot_be_told_is_refused(published: FakePorts, file: str, query: dict[str, str], code: str) -> None:
    with pytest.raises(RequestRefusedError, match=code):
        show_impact(published, file, query)


def test_without_an_account_ledger_nothing_is_reckoned(published: FakePorts) -> None:
    document = b'{"trace_id": "t1", "impact_files": 0}'
    published.files.upload("published", "one/trace.json/part-0.txt", document)
    with pytest.raises(RequestRefusedError, match="not_reckoned"):
        show_impact(published, WRONG, {})
