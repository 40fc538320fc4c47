"""A world of known truth through the line's own parts, from landing to gold, in several deliveries."""

import argparse
import json
import shutil
import sys
from pathlib import Path
from time import monotonic

from local.verify_truth.intake import Intake, IntakePorts
from local.verify_truth.lakehouse import REPOSITORY, Lakehouse
from local.world.truth import write_truth_world

ROOT = REPOSITORY / ".local" / "verify_truth"


def main() -> int:
    options = _options()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    world = write_truth_world(options.folder / "world", options.claims, options.seed)
    ports = IntakePorts(options.folder, REPOSITORY / "metadata", world.waves[0].files[0].known_on)
    intake = Intake(ports, world.landing)
    with Lakehouse(options.folder) as lakehouse:
        for wave in world.waves:
            run = intake.take(wave)
            parameters = {**run.parameters, "as_of_date": wave.known_on.isoformat()}
            (options.folder / f"wave_{wave.number}.json").write_text(json.dumps(parameters, indent=1))
            start = monotonic()
            if not options.stage_only:
                lakehouse.run_job(run.databricks_job, parameters)
            intake.end(run, "SUCCESS")
            print(f"wave {wave.number}: {len(wave.files)} files, {monotonic() - start:.0f} s of Spark", flush=True)
    return 0


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
    sys.exit(main())
