"""What became of a file is told in a few lines."""

from typing import Any

from local.drop.story import is_settled, tell

INGESTION: dict[str, Any] = {
    "status": "landed",
    "reason": "",
    "source_id": "hospital_a__patient",
    "records_in": 10,
    "bronze": 9,
    "quarantined": 1,
    "advisory": 2,
    "reasons": [{"tier": "row", "rule": "type", "field": "/DOB", "count": 1}],
    "databricks_runs": [{"databricks_run_id": "17", "status": "succeeded"}],
}


def test_a_landed_file_tells_its_counts_reasons_and_run() -> None:
    assert list(tell(INGESTION)) == [
        "landed, hospital_a__patient",
        "  10 records: 9 to bronze, 1 to quarantine, 2 with advice",
        "  1 x type in /DOB (row)",
        "  databricks run 17: succeeded",
    ]


def test_a_refused_file_tells_why() -> None:
    refused = INGESTION | {"status": "refused", "reason": "unknown_path", "source_id": "", "records_in": 0}
    assert list(tell(refused | {"reasons": [], "databricks_runs": []})) == ["refused (unknown_path), no source"]


def test_a_file_is_settled_once_it_is_more_than_arrived() -> None:
    assert is_settled(INGESTION)
    assert not is_settled(INGESTION | {"status": "arrived"})
