"""Loads the local world while its processes die at random moments, then counts what was lost and doubled.

`python -m local.chaos [--files 500] [--seed 1] [--without-databricks | --storm]`. With `--storm` nothing dies: requests
to reprocess pour in while files arrive, 100 of them unless told otherwise. The last line is JSON.
"""

import json
import shutil
import sys
import threading
from argparse import ArgumentParser, Namespace
from time import monotonic
from typing import Any

from local.chaos.deaths import Deaths
from local.chaos.load import balance, client_of, upload_all, wait_until_settled
from local.chaos.storm import storm_and_count
from local.supervisor.service import REPOSITORY
from local.supervisor.world import World
from local.world.small_files import write_many_small_files

ROOT = REPOSITORY / ".local" / "chaos"
METADATA = REPOSITORY / "metadata"
ROWS = 20
FILES = 500
FILES_IN_STORM = 100
SECONDS = 900.0
LEAST_KEPT = 0.5
DATABRICKS = "databricks_workspace"
LINE = ("azurite", "service_bus", "host")
SETTINGS = {
    "RCM_METADATA_PATH": str(METADATA),
    "RCM_SCHEDULE_RECONCILE": "*/30 * * * * *",
    "AzureWebJobs.extract_emr.Disabled": "true",
    "AzureWebJobs.refresh_codes.Disabled": "true",
}


def main() -> int:
    """0 when every file ended exactly once and, in a storm, intake kept half of its throughput."""
    arguments = _arguments()
    shutil.rmtree(ROOT, ignore_errors=True)
    services = LINE if arguments.without_databricks or arguments.storm else (*LINE, DATABRICKS)
    with World(ROOT / "world", services, SETTINGS) as world:
        if arguments.storm:
            said = storm_and_count(world, METADATA, arguments.files or FILES_IN_STORM, arguments.seed)
        else:
            said = harm_and_count(world, services, arguments.files or FILES, arguments.seed)
    print(json.dumps(said))
    return 1 if said["lost"] or said["doubled"] or said.get("kept", 1.0) < LEAST_KEPT else 0


def harm_and_count(world: World, victims: tuple[str, ...], files: int, seed: int) -> dict[str, Any]:
    """Uploads files while the victims die; what became of them once all is at rest. UnsettledError if it never is."""
    folder, start = world.plan.root / "files", monotonic()
    paths = write_many_small_files(folder, files, ROWS, seed)
    upload = threading.Thread(target=upload_all, args=(world.settings["RCM_STORAGE"], folder, paths), daemon=True)
    with Deaths(world, victims, seed, (1.0, 4.0)) as deaths:
        upload.start()
        while upload.is_alive() or set(deaths.counts) != set(victims):
            upload.join(0.2)
    listed = wait_until_settled(client_of(world), paths, SECONDS)
    counted = balance(world, listed, METADATA, has_lake=False)
    return {
        "files": files,
        "landed": sum(one["status"] == "landed" for one in listed),
        "deaths": dict(sorted(deaths.counts.items())),
        "lost": counted.lost,
        "doubled": counted.doubled,
        "seconds": round(monotonic() - start, 1),
    }


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--files", type=int, help="how many small files arrive meanwhile")
    parser.add_argument("--seed", type=int, default=1, help="which files, and who dies when")
    parser.add_argument("--without-databricks", action="store_true", help="only intake: quicker, and no Spark")
    parser.add_argument("--storm", action="store_true", help="only intake, and requests in place of deaths")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
