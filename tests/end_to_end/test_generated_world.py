"""Two generated hospitals from landing to KPIs: what became of every file is what the world says must become of it."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from local.demo.count import Balance, count_balance
from local.supervisor.world import World
from local.world.demo import DemoFile

Told = Callable[[str], dict[str, Any]]
CurrentIds = Callable[[str], frozenset[str]]

REFUSALS = {"empty": "empty_file", "unknown_path": "unknown_path", "renamed_header": "missing_column"}


def first_generation(story: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(each for each in story["generations"] if each["generation"] == 1)


def planted(file: DemoFile) -> Counter[tuple[str, str]]:
    return Counter((violation.rule, violation.field) for violation in file.violations)


def found(ingestion: Mapping[str, Any]) -> Counter[tuple[str, str]]:
    """Rows' violations by rule and column, as the API shows them: the column as a JSON pointer."""
    return Counter(
        {(r["rule"], r["field"].removeprefix("/")): r["count"] for r in ingestion["reasons"] if r["tier"] == "row"}
    )


def test_every_file_ends_as_the_world_says(story: Any, told: Told) -> None:
    ends = {file.path: first_generation(told(file.path)) for file in story.demo.files}
    assert {path: end["status"] for path, end in ends.items()} == {f.path: f.outcome for f in story.demo.files}
    refused = {file.path: REFUSALS[file.cause] for file in story.demo.files if file.outcome == "refused"}
    assert {path: end["reason"] for path, end in ends.items() if end["status"] == "refused"} == refused


def test_every_planted_violation_is_quarantined_for_its_reason_and_nothing_else_is(story: Any, told: Told) -> None:
    for file in (file for file in story.demo.files if file.outcome == "landed"):
        end = first_generation(told(file.path))
        assert (end["source_id"], end["records_in"]) == (file.source_id, file.records), file.path
        assert end["bronze"] + end["quarantined"] == file.records, file.path
        assert end["quarantined"] == len(file.violations), file.path
        assert found(end) == planted(file), file.path


def test_no_record_is_lost_and_none_is_doubled(story: Any, world: World, metadata: Path) -> None:
    listed = list(story.stage.client.ingestions())
    balance = count_balance(world.settings["RCM_STORAGE"], listed, metadata, world.plan.lake, has_lake=True)
    assert balance == Balance(lost=0, doubled=0)


def test_silver_holds_as_current_exactly_the_members_of_every_source(story: Any, current_ids: CurrentIds) -> None:
    for source_id, members in story.demo.members.items():
        assert current_ids(source_id) == members, source_id


def test_a_record_that_comes_late_reaches_silver(story: Any, current_ids: CurrentIds) -> None:
    source_id, key = story.demo.late_key
    assert key in current_ids(source_id)


def test_a_withdrawn_file_takes_its_rows_out_of_silver_and_keeps_its_story(
    story: Any, told: Told, current_ids: CurrentIds
) -> None:
    withdrawn = told(story.demo.misdirected.path)
    assert withdrawn["status"] == "withdrawn"
    assert [each["status"] for each in withdrawn["generations"]] == ["landed", "withdrawn"]
    assert story.misled != current_ids("hospital_a__claim") == story.demo.members["hospital_a__claim"]


def test_a_refused_file_lands_after_its_metadata_was_mended(story: Any, told: Told, current_ids: CurrentIds) -> None:
    mended = told(story.demo.renamed.path)
    assert [each["status"] for each in mended["generations"]] == ["refused", "landed"]
    assert mended["bronze"] == story.demo.renamed.records
    assert {key for key, _ in story.demo.renamed.keys} <= current_ids("hospital_b__encounter")


def test_a_file_that_comes_again_is_recorded_and_not_ingested(story: Any, told: Told) -> None:
    again = next(file for file in story.demo.files if file.outcome == "duplicate_content")
    original = told(again.path.replace("_again", ""))
    assert told(again.path)["reason"] == f"same_as_{original['file_version_id']}"
    assert not told(again.path)["bronze_file"]


@pytest.mark.parametrize("noun", ["claim", "transaction"])
def test_gold_holds_each_members_fact_once(story: Any, noun: str) -> None:
    tables = story.stage.client.get("tables")["tables"]
    members = sum(len(story.demo.members[f"{hospital}__{noun}"]) for hospital in ("hospital_a", "hospital_b"))
    assert tables[noun] == members


def test_every_kpi_is_served_for_both_hospitals_with_a_value_where_there_is_a_denominator(
    story: Any, metadata: Path
) -> None:
    said = story.stage.client.get("kpis")
    rows, refused = said["kpis"], said["refused"]
    known = {path.stem for path in (metadata / "kpis").glob("*.json")}
    for hospital in ("hospital_a", "hospital_b"):
        told = {row["kpi_id"] for row in rows if row["hospital"] == hospital}
        assert told >= {"aged_ar", "gross_days_in_ar", "gross_collection_rate", "revenue_per_visit"}
        assert told | {one["kpi_id"] for one in refused if one["hospital"] == hospital} == known
    assert all(one["missing_feeds"] for one in refused)
    assert all((row["value"] is None) == (not Decimal(row["denominator"] or 0)) for row in rows)


def test_kpis_can_be_asked_for_one_hospital_alone(story: Any) -> None:
    said = story.stage.client.get("kpis", hospital="hospital_b", kpi_id="aged_ar")["kpis"]
    assert {(row["hospital"], row["kpi_id"]) for row in said} == {("hospital_b", "aged_ar")}


def test_figures_are_told_down_to_the_rows_of_the_files(story: Any) -> None:
    client = story.stage.client
    for kpi in client.get("kpis", hospital="hospital_b")["kpis"][:5]:
        asked = {name: kpi[name] for name in ("kpi_id", "hospital", "period", "bucket") if kpi.get(name)}
        said = client.get("kpis/trace", **asked, limit=500)
        assert Decimal(said["amount"]) == Decimal(kpi["numerator"])
        assert len(said["rows"]) == min(500, said["row_count"])
        for row in said["rows"][:1]:
            arrived = client.get(f"ingestions/{row['from']['file_version_id']}")
            assert 1 <= row["from"]["row_number"] <= arrived["records_in"]


def test_every_databricks_run_succeeded_and_its_tasks_reported(story: Any) -> None:
    runs = story.stage.client.get("databricks-runs")
    assert runs["waiting"] == 0
    assert {run["status"] for run in runs["databricks_runs"]} == {"succeeded"}
    for run in runs["databricks_runs"]:
        assert set(story.stage.client.get(f"databricks-runs/{run['token']}")["tasks"]) == {
            "bronze", "silver", "master", "ledger", "gold", "publish", "trace",
        }  # fmt: skip


def test_lineage_leads_down_from_a_file_to_what_was_published(story: Any, told: Told) -> None:
    patients = told(story.demo.files[0].path)
    said = story.stage.client.get("lineage", file_version_id=patients["file_version_id"])
    outputs = {edge["output"] for edge in said["edges"]}
    assert said["start"] == f"landing:{patients['file_version_id']}"
    assert {"lakehouse:bronze.hospital_a__patient", "lakehouse:silver.patient", "lakehouse:gold.patient"} <= outputs


def test_lineage_leads_up_from_a_table_to_all_its_sources(story: Any) -> None:
    edges = story.stage.client.get("lineage", table="gold.claim")["edges"]
    inputs = {edge["input"] for edge in edges}
    assert {"lakehouse:bronze.hospital_a__claim", "lakehouse:bronze.hospital_b__claim"} <= inputs
