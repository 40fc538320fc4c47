"""A world of known truth through the line, from landing to gold in several deliveries, and all of it compared."""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from time import monotonic

from local.databricks_workspace.warm_worker import TaskFailedError, WorkerLostError
from local.verify_truth.intake import STORAGE, Intake, IntakePorts
from local.verify_truth.lakehouse import REPOSITORY, Lakehouse
from local.verify_truth.landing_breaks import plant_in_landing
from local.verify_truth.outcomes import compare_outcomes
from local.verify_truth.questions import Questions
from local.verify_truth.result import counts_table, difference_table, result_line
from local.verify_truth.verdict import Verdict
from local.world.sending.deliveries import Wave
from local.world.truth import TruthWorld, write_truth_world
from shared.testing.fake_run import FakeRun

ROOT = REPOSITORY / ".local" / "verify_truth"

COMPARED = ("bronze", "silver", "ledger", "gold")
"""Tasks whose tables are compared after each delivery."""

AT_THE_END = (*COMPARED, "master", "publish")
"""Tasks that run after the last delivery: all but the trace, of which nothing is compared."""

LARGE_FROM_CLAIMS = 2_000
"""From here on compiled plans pay."""


def main() -> int:
    options = _options()
    start = monotonic()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    world = write_truth_world(options.folder / "world", options.claims, options.seed)
    intake = Intake(IntakePorts(options.folder, REPOSITORY / "metadata", _first_day(world)), world.landing)
    go_through = _stage if options.stage_only else _verify
    verdict = go_through(world, intake, options)
    verdict.include(compare_outcomes(world.waves, dict(intake.ingestions()), options.folder / STORAGE))
    print(f"\n{counts_table(verdict)}\n\n{difference_table(verdict.shown)}\n")
    print(result_line(verdict, options.claims, monotonic() - start))
    return 1 if any(verdict.mismatches.values()) else 0


def _stage(world: TruthWorld, intake: Intake, options: argparse.Namespace) -> Verdict:
    """Bronze files and manifests only."""
    for wave in world.waves:
        run, _ = _take(intake, wave, options.folder)
        intake.end(run, "SUCCESS")
    return Verdict()


def _verify(world: TruthWorld, intake: Intake, options: argparse.Namespace) -> Verdict:
    """Each wave to gold and compared; then, with all there is, what was known before, and what a changed cent does."""
    verdict, folder = Verdict(), options.folder
    with Lakehouse(folder, large_tables=options.claims >= LARGE_FROM_CLAIMS) as lakehouse:
        questions = Questions(lakehouse, world, folder)
        for wave in world.waves:
            start = monotonic()
            run, parameters = _take(intake, wave, folder)
            staged = {"staged": monotonic() - start}
            only = AT_THE_END if wave is world.waves[-1] else COMPARED
            tasks = lakehouse.run_job(run.databricks_job, parameters, only)
            intake.end(run, "SUCCESS")
            print(f"wave {wave.number}: {len(wave.files)} files to gold, {_times({**staged, **tasks})}", flush=True)
            _tell(verdict, f"wave {wave.number} compared", partial(questions.now, wave.known_on))
        _tell(verdict, "compared as known before", questions.as_known)
        _tell(verdict, "a cent on its way to landing", partial(plant_in_landing, intake, world, folder / "changed"))
        _tell(verdict, "a cent in the lake", partial(questions.breaks, parameters["manifest_uri"]))
    return verdict


def _tell(whole: Verdict, what: str, ask: Callable[[], Verdict]) -> None:
    """Adds an answer to the whole and says at once how it is."""
    start = monotonic()
    answer = ask()
    differ, of = sum(answer.mismatches.values()), sum(answer.checked.values())
    print(f"{what}: {differ} of {of:,} differ, {monotonic() - start:.0f} s", flush=True)
    whole.include(answer)


def _times(seconds: Mapping[str, float]) -> str:
    parts = ", ".join(f"{name} {one:.0f}" for name, one in seconds.items())
    return f"{sum(seconds.values()):.0f} s ({parts})"


def _take(intake: Intake, wave: Wave, folder: Path) -> tuple[FakeRun, dict[str, str]]:
    """Lands a wave; the run that the program asked for, and its parameters as of the wave's day."""
    run = intake.take(wave)
    parameters = {**run.parameters, "as_of_date": wave.known_on.isoformat()}
    (folder / f"wave_{wave.number}.json").write_text(json.dumps(parameters, indent=1))
    return run, parameters


def _first_day(world: TruthWorld) -> date:
    return world.waves[0].files[0].known_on


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make verify-truth", description=__doc__)
    parser.add_argument("--claims", type=int, default=20_000, help="how large a world: insured accounts")
    parser.add_argument("--seed", type=int, default=7, help="which world")
    parser.add_argument("--folder", type=Path, default=ROOT, help="where it all goes; emptied first")
    parser.add_argument("--stage-only", action="store_true", help="files and manifests only, without Spark")
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    return options


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (TaskFailedError, WorkerLostError) as error:
        sys.exit(f"{error}; spark.log in the folder tells more")
