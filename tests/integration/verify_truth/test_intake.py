"""A world of known truth through the flows of the function app: files end as they were planted, in one run a wave."""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from local.supervisor.service import REPOSITORY
from local.verify_truth.intake import STORAGE, Intake, IntakePorts
from local.verify_truth.landing_breaks import SOURCES, plant_in_landing
from local.verify_truth.outcomes import compare_outcomes
from local.verify_truth.verdict import Verdict
from local.world.truth import FEWEST_CLAIMS, TruthWorld, write_truth_world

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Taken:
    """A world whose waves were all taken in; `manifests` are those of their runs."""

    world: TruthWorld
    intake: Intake
    storage: Path
    manifests: list[dict[str, Any]]


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    folder = tmp_path_factory.mktemp("truth")
    world = write_truth_world(folder / "world", FEWEST_CLAIMS, seed=7)
    intake = Intake(IntakePorts(folder, REPOSITORY / "metadata", world.waves[0].files[0].known_on), world.landing)
    manifests = []
    for wave in world.waves:
        run = intake.take(wave)
        manifests.append(json.loads(Path(run.parameters["manifest_uri"]).read_text()))
        intake.end(run, "SUCCESS")
    return Taken(world, intake, folder / STORAGE, manifests)


def test_every_file_ends_as_the_world_planted_it(taken: Taken) -> None:
    files = sum(len(wave.files) for wave in taken.world.waves)
    verdict = compare_outcomes(taken.world.waves, dict(taken.intake.ingestions()), taken.storage)
    assert verdict == Verdict({"files": files}, {"files": 0})


def test_a_file_that_ended_otherwise_is_shown(taken: Taken) -> None:
    first = taken.world.waves[0]
    expected = replace(first, files=(replace(first.files[0], outcome="duplicate_content"),))
    verdict = compare_outcomes([expected], dict(taken.intake.ingestions()), taken.storage)
    assert verdict.mismatches == {"files": 1}
    assert verdict.shown[0]["where"] == first.files[0].path


def test_each_wave_is_one_run_that_knows_when_its_files_arrived(taken: Taken) -> None:
    for wave, manifest in zip(taken.world.waves, taken.manifests, strict=True):
        landed = [one for one in manifest["ingestions"] if one["outcome"] == "landed"]
        withdrawn = len(manifest["ingestions"]) - len(landed)
        assert withdrawn == len(wave.withdrawn)
        assert len(landed) == sum(file.outcome == "landed" for file in wave.files)
        assert {one["arrived_at"][:10] for one in landed} == {file.known_on.isoformat() for file in wave.files}


def test_one_cent_more_in_a_file_on_its_way_is_refused(taken: Taken, tmp_path: Path) -> None:
    planted = plant_in_landing(taken.intake, taken.world, tmp_path)
    assert planted == Verdict({"one_cent_breaks": len(SOURCES)}, {"one_cent_breaks": 0})
