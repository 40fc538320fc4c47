"""Entry points found in a bundle's own pyproject.toml."""

from pathlib import Path

import pytest

from local.databricks_workspace.entry_points import EntryPointError, find_entry_point, source_folder

SAMPLE = Path(__file__).resolve().parents[2] / "fixtures" / "sample_bundle"


@pytest.mark.parametrize("package", ["sample-tasks", "sample_tasks", "Sample.Tasks"])
def test_an_entry_point_is_found_under_any_spelling_of_its_package(package: str) -> None:
    assert find_entry_point(SAMPLE, package, "say") == "sample_tasks.tasks:say"


def test_an_entry_point_may_stand_in_any_group() -> None:
    assert find_entry_point(SAMPLE, "sample_tasks", "wait_for_file") == "sample_tasks.tasks:wait_for_file"


def test_an_unknown_entry_point_is_refused_with_the_known_ones() -> None:
    with pytest.raises(EntryPointError, match="say"):
        find_entry_point(SAMPLE, "sample_tasks", "nothing")


def test_a_package_that_the_bundle_does_not_build_is_refused() -> None:
    with pytest.raises(EntryPointError, match="sample-tasks"):
        find_entry_point(SAMPLE, "other", "say")


def test_the_code_stands_under_src_where_there_is_one(tmp_path: Path) -> None:
    assert source_folder(SAMPLE) == SAMPLE / "src"
    assert source_folder(tmp_path) == tmp_path
