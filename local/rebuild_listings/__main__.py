"""Writes the listings of the running local world anew from its ledger."""

import sys
from argparse import ArgumentParser
from pathlib import Path

from local.drop.running_world import NoWorldError, services_of
from local.supervisor.service import REPOSITORY
from shared.flows.rebuild_listings import rebuild_listings


def main() -> int:
    """0 when done, 2 when no world is running."""
    parser = ArgumentParser(prog="make rebuild-listings", description=__doc__)
    parser.add_argument("--world", type=Path, default=REPOSITORY / ".local" / "world", help="folder of the local world")
    try:
        listed = rebuild_listings(services_of(parser.parse_args().world))
    except NoWorldError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{listed} file versions listed anew")
    return 0


if __name__ == "__main__":
    sys.exit(main())
