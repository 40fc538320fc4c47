"""Repeats, crashes, corrections: silver ends where an undisturbed run would have ended."""

import json
import shutil
from pathlib import Path

import pytest
from deliveries import Cells, Delivered
from line import NOON, Line
from pyspark.sql import SparkSession
from rcm_lakehouse.errors import ControlTotalError
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.tasks import bronze, silver
from rcm_lakehouse.tasks.maintain import maintain
from sources import write_metadata

SOURCE = "full_house__bill"


def _row(member: str, amount: str = "1", name: str = "Ann") -> Cells:
    return {"Id": member, "Name": name, "Amount": amount, "Changed": "2026-01-01", "Day": "2026-01-03"}


def _file(name: str, as_of: str, *rows: Cells, bad: frozenset[int] = frozenset()) -> Delivered:
    return Delivered(SOURCE, name, as_of, rows, bad)


def _bills(line: Line) -> dict[str, str]:
    rows = line.lake.read("silver.bill").where("is_current").collect()
    return {row["bill_id"].partition(":")[2]: str(row["amount"]) for row in rows}


@pytest.fixture
def line(spark: SparkSession, tmp_path: Path) -> Line:
    return Line(spark, tmp_path, write_metadata(tmp_path / "metadata"))


def test_a_repeat_of_a_run_makes_no_new_table_version(line: Line) -> None:
    arguments = line.arguments([_file("one", "2026-01-05", _row("A"), _row("B", "x"), bad=frozenset())])
    tables = (f"bronze.{SOURCE}", "bronze.delivery", "silver.bill", "silver.bill_reject", "silver.processed")
    for _ in range(2):
        bronze.load(line.lake, arguments, line.metadata, NOON)
        silver.refine(line.lake, arguments, line.metadata, NOON)
        if _ == 0:
            before = line.versions(*tables)
    assert line.versions(*tables) == before
    assert None not in before


def test_rows_of_a_driver_that_died_before_the_delivery_was_recorded_are_not_loaded_twice(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _file("one", "2026-01-05", _row("A"))
    line.to_silver(first)
    second = _file("two", "2026-01-12", _row("A", "2"), _row("B"))
    with monkeypatch.context() as crash:
        crash.setattr(bronze, "_record", _die)
        with pytest.raises(ConnectionError):
            line.to_silver(second)
    # Later its file comes in another group, so the append cannot be known by the name of the write.
    line.to_silver(second, _file("three", "2026-01-13", _row("A", "2"), _row("C")))
    assert line.lake.read(f"bronze.{SOURCE}").count() == 5
    assert _bills(line) == {"A": "2.00", "C": "1.00"}


def test_a_driver_that_died_between_a_noun_and_the_ledger_of_deliveries_leaves_nothing_to_change(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A"), _row("B")))
    arguments = line.arguments([_file("two", "2026-01-12", _row("A", "5"))])
    bronze.load(line.lake, arguments, line.metadata, NOON)
    with monkeypatch.context() as crash:
        crash.setattr(silver, "record", _die)
        with pytest.raises(ConnectionError):
            silver.refine(line.lake, arguments, line.metadata, NOON)
    before = line.lake.version("silver.bill")
    silver.refine(line.lake, arguments, line.metadata, NOON)
    assert (line.lake.version("silver.bill"), _bills(line)) == (before, {"A": "5.00"})


def test_a_log_that_does_not_hold_what_was_committed_stops_the_run_before_silver_can_see_it(line: Line) -> None:
    arguments = line.arguments([_file("one", "2026-01-05", _row("A"), _row("B"))])
    path = Path(arguments.manifest_uri)
    manifest = json.loads(path.read_text())
    manifest["ingestions"][0]["bronze_count"] = 3
    path.write_text(json.dumps(manifest))
    with pytest.raises(ControlTotalError, match=f"bronze.{SOURCE}: 2 rows in the log, 3 were committed"):
        bronze.load(line.lake, arguments, line.metadata, NOON)
    assert not line.lake.exists("bronze.delivery")


def test_a_withdrawn_extract_brings_back_what_it_had_closed(line: Line) -> None:
    wrong = _file("two", "2026-01-12", _row("Z"))
    line.to_silver(_file("one", "2026-01-05", _row("A")), wrong)
    assert _bills(line) == {"Z": "1.00"}
    line.to_silver(wrong.withdrawn())
    assert _bills(line) == {"A": "1.00"}


def test_a_member_whose_record_was_quarantined_is_not_taken_for_gone(line: Line) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A"), _row("B")))
    line.to_silver(_file("two", "2026-01-12", _row("A", "9"), bad=frozenset({1})))
    assert _bills(line) == {"A": "1.00"}


def test_a_reject_is_told_with_its_reason_and_healed_by_a_changed_mapping(line: Line) -> None:
    delivered = _file("one", "2026-01-05", _row("A"), _row("B", "none"))
    line.to_silver(delivered)
    (reject,) = line.lake.read("silver.bill_reject").collect()
    assert (reject["_file_version_id"], reject["_row_number"]) == (delivered.file_version_id, 2)
    assert reject["reasons"] == ["money:amount"]
    _map_amount(line, {"from": "Amount", "values": {"1": "1", "none": "0"}})
    line.to_silver()
    assert (line.lake.read("silver.bill_reject").count(), _bills(line)) == (0, {"A": "1.00", "B": "0.00"})


def test_a_mapping_that_is_changed_and_changed_back_leaves_nothing_of_the_one_in_between(line: Line) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A"), _row("B", "none")))
    _map_amount(line, {"from": "Amount", "values": {"1": "7", "none": "0"}})
    line.to_silver()
    assert _bills(line) == {"A": "7.00", "B": "0.00"}
    _map_amount(line, "Amount")
    line.to_silver(_file("two", "2026-01-12", _row("A"), _row("B", "none"), _row("C")))
    assert (line.lake.read("silver.bill_reject").count(), _bills(line)) == (2, {"A": "1.00", "C": "1.00"})


def test_a_mapping_that_is_taken_back_after_a_crash_leaves_nothing_behind(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A")))
    _map_amount(line, {"from": "Amount", "values": {"1": "7"}})
    with monkeypatch.context() as crash:
        crash.setattr(silver, "record", _die)
        with pytest.raises(ConnectionError):
            line.to_silver()
    assert _bills(line) == {"A": "7.00"}
    _map_amount(line, "Amount")
    line.to_silver()
    assert _bills(line) == {"A": "1.00"}


def _map_amount(line: Line, cell: object) -> None:
    path = line.metadata_folder / "sources" / f"{SOURCE}.json"
    source = json.loads(path.read_text())
    source["silver"]["columns"]["amount"] = cell
    path.write_text(json.dumps(source))


def test_a_column_that_metadata_gained_is_added_to_the_log_and_to_silver(line: Line) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A")))
    _add_column(line.metadata_folder)
    line.store.columns = {name: source.columns for name, source in line.metadata.sources.items()}
    line.to_silver(_file("two", "2026-01-12", {**_row("A"), "Colour": "red"}, _row("B")))
    rows = line.lake.read("silver.bill").where("is_current").select("bill_id", "colour").collect()
    assert {tuple(row) for row in rows} == {("full_house:A", "red"), ("full_house:B", None)}


def test_silver_that_was_changed_past_the_job_is_made_anew_from_the_logs_once_its_note_is_gone(line: Line) -> None:
    line.to_silver(_file("one", "2026-01-05", _row("A"), _row("B")))
    bills = f"delta.`{line.lake.path('silver.bill')}`"
    for change in (f"UPDATE {bills} SET amount = 9 WHERE bill_id LIKE '%A'", f"DELETE FROM {bills} WHERE amount = 1"):
        line.lake.spark.sql(change).collect()
    maintain(line.lake, line.metadata)
    assert _bills(line) == {"A": "9.00"}
    shutil.rmtree(line.lake.path("silver.processed"))
    line.lake = Lake(line.lake.spark, line.store.lake_root)
    line.to_silver()
    assert _bills(line) == {"A": "1.00", "B": "1.00"}


def _add_column(folder: Path) -> None:
    noun = json.loads((folder / "nouns" / "bill.json").read_text())
    noun["columns"]["colour"] = {"type": "text", "description": "Colour"}
    (folder / "nouns" / "bill.json").write_text(json.dumps(noun))
    source = json.loads((folder / "sources" / f"{SOURCE}.json").read_text())
    source["silver"]["columns"]["colour"] = "Colour"
    (folder / "sources" / f"{SOURCE}.json").write_text(json.dumps(source))
    schema = folder / "schemas" / f"{SOURCE}.schema.json"
    properties = json.loads(schema.read_text())["properties"] | {"Colour": {}}
    schema.write_text(json.dumps({"properties": properties}))


def _die(*_: object, **__: object) -> None:
    raise ConnectionError("the driver is gone")


def test_two_appends_of_one_name_are_one(line: Line) -> None:
    rows = line.lake.spark.range(3)
    assert isinstance(line.lake, Lake)
    for _ in range(2):
        line.lake.append("bronze.once", rows, write_id="one")
    assert line.lake.read("bronze.once").count() == 3
