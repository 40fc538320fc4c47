"""`make bench-medallion`: a full load, 2 % changes, the same run again, a full extract that equals the last.

SCALES (default x1,x10,x50) comes from the environment; x1 is the size of the public data. Measuring all of them writes
docs/medallion-benchmark.md and .svg. The last line is JSON.
"""

import json
import os
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from local.bench.medallion.compare import Compared, compare, warm_up
from local.bench.medallion.report import ROOT, save, stages_table, steps_table, write_report, wrong_table
from local.verify_truth.lakehouse import REPOSITORY, Lakehouse

DEFAULT_SCALES = "x1,x10,x50"


def main() -> None:
    scales = os.environ.get("SCALES") or DEFAULT_SCALES
    compared = _measure(scales.split(","))
    if scales == DEFAULT_SCALES:
        write_report(REPOSITORY / "docs", compared)
    print(f"\n{steps_table(compared)}\n\n{wrong_table(compared)}\n\n{stages_table(compared)}\n")
    print(json.dumps({"scales": {name: one.figures() for name, one in compared.items()}}))


def _measure(names: Sequence[str]) -> dict[str, Compared]:
    """All scales in one session, which a fiftieth of the smallest has warmed up; small ones first, for their memory."""
    compared = {}
    with Lakehouse(_emptied(ROOT / "session"), large_tables=True) as lakehouse:
        _say("warming up")
        warm_up(lakehouse, ROOT / "session" / "warm_up")
        for name in names:
            folder = _emptied(ROOT / name)
            compared[name] = compare(lakehouse, folder, float(name.removeprefix("x")), partial(_say, name))
            save(name, compared[name])
    return compared


def _emptied(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _say(*what: str) -> None:
    print(" ", *what, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
