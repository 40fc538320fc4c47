"""Storage URIs of a run's parameters as paths of this machine."""

from pathlib import Path

import pytest

from local.databricks_workspace.local_roots import localise, manifest_reference

STORAGE, LAKE = Path("/scratch/storage"), Path("/lake")
ROOTS = ["azurite://{container}", "abfss://{container}@account.dfs.core.windows.net", "/data/storage/{container}"]


@pytest.mark.parametrize("root", ROOTS)
def test_uris_of_any_storage_root_become_paths(root: str) -> None:
    given = {
        "storage_root": root,
        "manifest_uri": root.replace("{container}", "manifests") + "/job/token.json",
        "report_uri": root.replace("{container}", "reports") + "/job/token",
        "lake_root": "elsewhere",
        "token": "t",
    }
    assert manifest_reference(given) == "manifests/job/token.json"
    assert localise(given, STORAGE, LAKE) == {
        "storage_root": "/scratch/storage/{container}",
        "manifest_uri": "/scratch/storage/manifests/job/token.json",
        "report_uri": "/scratch/storage/reports/job/token",
        "lake_root": "/lake",
        "token": "t",
    }


def test_parameters_of_a_job_without_storage_stay_as_they_are() -> None:
    given = {"text": "azurite://manifests/a.json", "lake_root": "x"}
    assert localise(given, STORAGE, LAKE) == given
    assert manifest_reference(given) is None


def test_a_run_without_a_manifest_has_none() -> None:
    assert manifest_reference({"storage_root": "azurite://{container}"}) is None
    assert manifest_reference({"storage_root": "azurite://{container}", "manifest_uri": "https://x/y"}) is None
