"""`make demo`: takes files through the whole line on one machine and shows the result."""

import argparse
import json
import os
import shutil
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from local.demo.close_story import play_close
from local.demo.page import write_page
from local.demo.story import Stage, close, play_demo, play_own_files
from local.demo.table import closing_table, kpi_table
from local.supervisor.errors import WorldError
from local.supervisor.service import REPOSITORY
from local.supervisor.world import World
from local.world.emr_database import write_emr_database

LOCAL = REPOSITORY / ".local"
HOSPITALS = ("hospital_a", "hospital_b")


def main() -> int:
    arguments = _arguments()
    start = monotonic()
    root = LOCAL / ("demo-close" if arguments.close else "demo")
    shutil.rmtree(root, ignore_errors=True)
    metadata = Path(shutil.copytree(REPOSITORY / "metadata", root / "metadata"))
    os.environ["RCM_METADATA_PATH"] = str(metadata)  # for every process of this world
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)  # what the timers pull today is newer
    databases = _emr_databases(root, arguments.seed, yesterday)
    settings = {"RCM_METADATA_PATH": str(metadata), "RCM_EMR_DATABASES": json.dumps(databases)}
    with World(root, settings_overrides=settings) as world:
        stage = Stage(world, metadata)
        stage.seconds["start"] = monotonic() - start
        stage.progress.say(f"the local world is up: {world.address('host')}")
        if arguments.close:
            play_close(stage, root / "files", arguments.seed)
        elif arguments.data:
            play_own_files(stage, arguments.data, today)
        else:
            play_demo(stage, root / "files", arguments.seed, yesterday)
        stage.seconds["total"] = monotonic() - start
        result = close(stage)
    result["seconds"]["set_up"] = _set_up_seconds()
    return _show(result, root)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--close", action="store_true", help="the month-end close of a hospital's account ledger")
    parser.add_argument("--data", type=Path, help="a folder laid out like the public two-hospital data")
    parser.add_argument("--seed", type=int, default=7, help="which synthetic hospitals to make")
    return parser.parse_args()


def _emr_databases(root: Path, seed: int, as_of: date) -> dict[str, str]:
    """The hospitals' EMR databases, as SQLAlchemy URLs by connection name."""
    for hospital in HOSPITALS:
        write_emr_database(root / "emr" / f"{hospital}.db", hospital, seed, as_of)
    return {hospital: f"sqlite:///{root / 'emr' / hospital}.db" for hospital in HOSPITALS}


def _set_up_seconds() -> float:
    """How long the last set-up took; 0 where all was there."""
    try:
        return float(json.loads((REPOSITORY / ".local" / "set_up.json").read_text())["seconds"]["total"])
    except (OSError, ValueError, KeyError):
        return 0.0


def _show(result: dict[str, Any], root: Path) -> int:
    (root / "result.json").write_text(json.dumps(result, indent=1))
    page = write_page(result, root / "result.html")
    sys.stdout.write(f"\n{closing_table(result)}\n\n{kpi_table(result['kpis'])}\n\n")
    seconds = ", ".join(f"{name} {value:.0f} s" for name, value in result["seconds"].items())
    sys.stdout.write(f"lost {result['lost']}, doubled {result['doubled']}  ({seconds})\n")
    sys.stdout.write(f"result: {root / 'result.json'}\npage:   {page}\n")
    return 1 if result["lost"] or result["doubled"] else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except WorldError as error:
        sys.exit(str(error))
