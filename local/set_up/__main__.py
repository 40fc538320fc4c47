"""`python -m local.set_up [part ...]`: makes what the clone needs to run, below `.local/`.

All parts by default, but those that a single target needs.

Needs Python 3.10 or newer and nothing else: it runs before there is any environment.
"""

import argparse
import sys

from local.set_up.build import make_missing
from local.set_up.layout import Layout
from local.set_up.parts import PARTS, with_needs


def main() -> int:
    names = [part.name for part in PARTS]
    usual = [part.name for part in PARTS if not part.is_asked_for]
    parser = argparse.ArgumentParser(prog="python -m local.set_up", description="Makes what the local world needs.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(names)}; by default {', '.join(usual)}")
    asked = set(parser.parse_args().parts) - {"all"} or set(usual)
    if unknown := sorted(asked - set(names)):
        parser.error(f"unknown part {', '.join(unknown)}; there are {', '.join(names)}")
    return 0 if make_missing(Layout.of_this_clone(), with_needs(asked)) else 1


if __name__ == "__main__":
    sys.exit(main())
