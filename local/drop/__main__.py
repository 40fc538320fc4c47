"""Drops a file into the running local world and says what became of it.

`python -m local.drop FILE [--as <landing path>]`
"""

import sys
import time
from argparse import ArgumentParser, Namespace
from pathlib import Path

from local.demo.client import ApiError
from local.drop.landing_path import landing_path
from local.drop.running_world import NoWorldError, RunningWorld
from local.drop.story import is_settled, tell
from local.supervisor.service import REPOSITORY
from shared.errors import ConfigurationError
from shared.metadata import load_metadata

POLL_SECONDS = 0.3


def main() -> int:
    """0 once the file's fate is known; 1 if it is not in time, or no world runs; 2 if nobody says where it belongs."""
    arguments = _arguments()
    try:
        path = arguments.path or _place(arguments.file, arguments.metadata)
        if path is None:
            return 2
        world = RunningWorld.find(arguments.world)
    except (ConfigurationError, NoWorldError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"dropped as landing/{path}", flush=True)
    return _follow(world, world.upload(arguments.file, path), time.monotonic() + arguments.wait)


def _place(file: Path, metadata: Path) -> str | None:
    patterns = [source.path_pattern for source in load_metadata(metadata).sources.values()]
    path = landing_path(file, patterns)
    if path is None:
        known = "\n".join(f"  {pattern.text}" for pattern in patterns)
        print(f"Where in landing does this file belong? Say it with --as. Paths that a source takes:\n{known}")
    return path


def _follow(world: RunningWorld, file_version_id: str, deadline: float) -> int:
    while time.monotonic() < deadline:
        try:
            ingestion = world.client.get(f"ingestions/{file_version_id}")
        except ApiError as error:
            if error.status != 404:
                raise
            ingestion = None
        if ingestion is not None and is_settled(ingestion):
            print("\n".join(tell(ingestion)))
            print(f"whole story: GET /api/ingestions/{file_version_id}")
            return 0
        time.sleep(POLL_SECONDS)
    print("nothing is known of it yet; the reconciler looks every few minutes", file=sys.stderr)
    return 1


def _arguments() -> Namespace:
    parser = ArgumentParser(prog="python -m local.drop", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--as", dest="path", metavar="PATH", help="landing path; else the end of FILE's own that fits")
    parser.add_argument("--wait", type=float, default=120.0, help="seconds to wait for an outcome")
    parser.add_argument("--world", type=Path, default=REPOSITORY / ".local" / "world", help="folder of the world")
    parser.add_argument("--metadata", type=Path, default=REPOSITORY / "metadata", help="folder of the metadata")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
