"""A hospital nobody knew, with words and an order of columns of its own, comes through by metadata alone."""

from collections.abc import Callable
from typing import Any

from local.demo.delta_rows import delta_rows
from local.supervisor.world import World


def test_a_source_that_only_metadata_knows_lands(story: Any, told: Callable[[str], dict[str, Any]]) -> None:
    landed = told(story.newcomer.path)
    assert (landed["status"], landed["source_id"]) == ("landed", story.newcomer.source_id)
    assert landed["bronze"] == len(story.newcomer.given_names)
    assert landed["quarantined"] == story.newcomer.bad_records


def test_its_patients_reach_silver_in_the_common_words(story: Any, world: World) -> None:
    rows = delta_rows(world.plan.lake / "silver" / "patient", ["source_id", "patient_id", "first_name", "is_current"])
    assert rows is not None
    names = {
        row["patient_id"]: row["first_name"]
        for row in rows.to_pylist()
        if row["source_id"] == story.newcomer.source_id and row["is_current"]
    }
    assert names == {f"hospital_c:{key}": name for key, name in story.newcomer.given_names.items()}


def test_its_patients_reach_gold_as_their_own_hospitals(story: Any, world: World) -> None:
    rows = delta_rows(world.plan.lake / "gold" / "patient", ["hospital", "patient_id", "is_current", "is_inferred"])
    assert rows is not None
    told_apart = {
        row["patient_id"] for row in rows.to_pylist() if row["hospital"] == "hospital_c" and row["is_current"]
    }
    assert told_apart == {f"hospital_c:{key}" for key in story.newcomer.given_names}


def test_it_is_listed_with_the_other_sources(story: Any) -> None:
    sources = {source["source_id"]: source for source in story.stage.client.get("sources")["sources"]}
    assert sources[story.newcomer.source_id]["keys"] == ["MRN"]
