"""`make local`: keeps the local world running until Ctrl-C, and says how to use it.

What a `local.settings.json` beside `function_app.py` says otherwise than the sample wins over the world's own settings:
that is how one service is swapped for a real one.
"""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path

from local.supervisor.contract import stop_asked
from local.supervisor.errors import WorldError
from local.supervisor.service import REPOSITORY
from local.supervisor.services import NAMES
from local.supervisor.world import World

ROOT = REPOSITORY / ".local" / "world"
NO_EMR = {"AzureWebJobs.extract_emr.Disabled": "true"}  # nothing to pull from, until own settings name a database


def main() -> int:
    """0 after Ctrl-C or SIGTERM, 1 if the world does not come up."""
    parser = ArgumentParser(prog="python -m local.up", description=__doc__)
    parser.add_argument("--without", action="append", default=[], choices=NAMES, help="leave a service out")
    services = [name for name in NAMES if name not in parser.parse_args().without]
    asked = stop_asked(exit_with_parent=False)
    try:
        with World(ROOT, services, NO_EMR | _own_settings(REPOSITORY)) as world:
            print(_greeting(world), flush=True)
            asked.wait()
            print("stopping", flush=True)
    except WorldError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _own_settings(app: Path) -> dict[str, str]:
    sample, own = _values(app / "local.settings.sample.json"), _values(app / "local.settings.json")
    return {name: value for name, value in own.items() if sample.get(name) != value}


def _values(path: Path) -> dict[str, str]:
    values: dict[str, str] = json.loads(path.read_text()).get("Values", {}) if path.exists() else {}
    return values


def _greeting(world: World) -> str:
    addresses = "\n".join(f"  {name:22}{world.address(name)}" for name in world.plan.ports)
    return f"""The local world is up. Ctrl-C stops it; what it holds stays in {world.plan.root}.
{addresses}
  logs                  {world.plan.root / "logs"}

Drop a file and see what becomes of it:
  make drop FILE=<file>, or: {sys.executable} -m local.drop <file> --as <landing path>
Ask the API:
  curl -H 'x-functions-key: {world.function_key}' {world.address("host")}/api/ingestions
"""


if __name__ == "__main__":
    sys.exit(main())
