import json

import pytest

from shared.errors import RequestRefusedError
from shared.flows.read_published import current_edition, list_kpis, list_patient_pay, list_tables
from shared.testing.fake_ports import FakePorts

REFUSED = [{"kpi_id": "net_days_in_ar", "hospital": "hospital_b", "missing_feeds": ["gl_balance"]}]
ROWS = [{"kpi_id": "aged_ar", "hospital": hospital, "value": "1.0"} for hospital in ("hospital_a", "hospital_b")]


def upload_as_databricks_does(ports: FakePorts, folder: str, content: bytes, part: str = "part-0.txt") -> None:
    """A part file, and what its commit protocol leaves beside it."""
    for name, said in (
        ("_SUCCESS", b""),
        ("_started_4711", b""),
        ("_committed_4711", json.dumps({"added": [part], "removed": []}).encode()),
        (part, content),
    ):
        ports.files.upload("published", f"{folder}/{name}", said)


def publish(ports: FakePorts, edition: str, instant: str) -> None:
    """As Databricks leaves it: documents in part files, the pointer last."""
    for name, said in (
        ("kpis.json", {"kpis": ROWS, "refused": REFUSED}),
        ("patient_pay.json", {"rates": [{"hospital": "hospital_a", "factor": "cause"}]}),
        ("tables.json", {"tables": {"claim": 3}, "sources": {}}),
    ):
        upload_as_databricks_does(ports, f"{edition}/{name}", json.dumps(said).encode())
    pointer = {"edition": edition, "token": edition, "published_at": instant}
    upload_as_databricks_does(ports, f"current/{instant}", json.dumps(pointer).encode())


def test_nothing_published_is_not_found(ports: FakePorts) -> None:
    with pytest.raises(RequestRefusedError) as refused:
        current_edition(ports)
    assert refused.value.status == 404


def test_the_newest_pointer_counts_in_whatever_order_the_store_got_them(ports: FakePorts) -> None:
    publish(ports, "second", "20260202T000000000000")
    publish(ports, "first", "20260201T000000000000")
    assert current_edition(ports)["edition"] == "second"


def test_a_pointer_that_is_only_half_there_leaves_the_one_before_in_force(ports: FakePorts) -> None:
    publish(ports, "first", "20260201T000000000000")
    ports.files.upload("published", "current/20260202T000000000000/part-0.txt", b'{"edition": "sec')
    assert current_edition(ports)["edition"] == "first"


def test_kpis_are_those_of_the_current_edition_that_pass_the_filters(ports: FakePorts) -> None:
    publish(ports, "first", "20260201T000000000000")
    assert list_kpis(ports, {"hospital": "hospital_b"})["kpis"] == [ROWS[1]]
    assert list_kpis(ports, {"hospital": "hospital_b", "period": "2024-11"})["refused"] == REFUSED
    assert list_kpis(ports, {"hospital": "hospital_a"})["refused"] == []
    with pytest.raises(RequestRefusedError, match="unknown_filter"):
        list_kpis(ports, {"colour": "blue"})


def test_slices_of_a_kpi_are_read_from_its_own_lines(ports: FakePorts) -> None:
    publish(ports, "first", "20260201T000000000000")
    sliced = [
        {"hospital": "hospital_a", "dimension": "payer", "member": name, "value": "0.500000", "numerator": "1.00"}
        for name in "MN"
    ]
    lines = "".join(f"{json.dumps(row)}\n" for row in sliced).encode()
    upload_as_databricks_does(ports, "first/kpi_slices/kpi_id=aged_ar", lines, "part-0.json")
    ports.files.upload("published", "first/kpi_slices/kpi_id=aged_ar_too/part-0.json", lines)
    asked = {"kpi_id": "aged_ar", "dimension": "payer"}
    assert list_kpis(ports, {**asked, "member": "N"})["kpis"] == [
        {"kpi_id": "aged_ar", **sliced[1], "value": "0.5", "numerator": "1", "denominator": None}
    ]
    assert list_kpis(ports, {**asked, "dimension": "provider"})["kpis"] == []
    for one in ({"dimension": "payer"}, {"kpi_id": "aged_ar", "member": "N"}):
        with pytest.raises(RequestRefusedError, match="slice_of_what"):
            list_kpis(ports, one)


def test_rates_of_patient_pay_are_filtered_by_what_they_are_told_by(ports: FakePorts) -> None:
    publish(ports, "first", "20260201T000000000000")
    assert list_patient_pay(ports, {"factor": "cause"})["rates"] == [{"hospital": "hospital_a", "factor": "cause"}]
    assert list_patient_pay(ports, {"factor": "payer"})["rates"] == []
    with pytest.raises(RequestRefusedError, match="unknown_filter"):
        list_patient_pay(ports, {"kpi_id": "aged_ar"})


def test_tables_come_with_their_counts(ports: FakePorts) -> None:
    publish(ports, "first", "20260201T000000000000")
    assert list_tables(ports)["tables"] == {"claim": 3}
