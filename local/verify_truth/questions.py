"""What is asked of the Spark session's process after each wave and after the last, and what it answers."""

import os
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from local.verify_truth.intake import LAKE
from local.verify_truth.lakehouse import Lakehouse
from local.verify_truth.verdict import Verdict
from local.world.truth import TruthWorld

BALANCE_DAYS = "balance_days"
KPIS = "kpis"
AS_OF = "as_of"
BREAKS = "local.verify_truth.breaks"


class Questions:
    """Compares a world's truth with the lake below `folder`."""

    def __init__(self, lakehouse: Lakehouse, world: TruthWorld, folder: Path) -> None:
        self._lakehouse = lakehouse
        self._world = world
        self._folder = folder
        self._last_day = world.waves[-1].known_on

    def now(self, known_on: date) -> Verdict:
        """Balances and KPIs as the lake has them at the end of a wave."""
        verdict = self._compare("balances", BALANCE_DAYS, [known_on])
        verdict.include(self._compare("kpis", KPIS, [known_on]))
        return verdict

    def as_known(self) -> Verdict:
        """After the last wave: every entry, every period's tie-out, the persons, the balances as known on each earlier
        day on which files arrived, and the KPIs reckoned once more as known at the end of each earlier wave."""
        verdict = self._compare("entries", "entries", [])
        verdict.include(self._compare("periods", "periods", []))
        verdict.include(self._compare("persons", "persons", []))
        days = {file.known_on for wave in self._world.waves for file in wave.files} - {self._last_day}
        verdict.include(self._compare("balances", AS_OF, sorted(days)))
        for wave in self._world.waves[:-1]:
            rows = self._folder / f"kpis_known_{wave.known_on}"
            lake = str(self._folder / LAKE)
            command_line = ["--lake", lake, "--known", wave.known_on.isoformat(), "--rows", str(rows)]
            self._lakehouse.call("reckon", "local.verify_truth.reckon:main", command_line)
            verdict.include(self._compare("kpis", AS_OF, [wave.known_on], "--rows", str(rows)))
        return verdict

    def breaks(self, manifest: str) -> Verdict:
        """One-cent changes in a copy of the lake, closed once more: each is to be caught and located."""
        broken = self._folder / "lake_with_breaks"
        shutil.copytree(self._folder / LAKE, broken, copy_function=_link_or_copy)
        given = ["--lake", str(broken), "--planted", str(self._folder / "planted.json")]
        self._lakehouse.call("plant", f"{BREAKS}:main", ["plant", *given])
        as_of = ["--manifest", manifest, "--as-of", self._last_day.isoformat()]
        self._lakehouse.call("close", "local.verify_truth.close_again:main", ["--lake", str(broken), *as_of])
        said = self._folder / "verdict.json"
        self._lakehouse.call("judge", f"{BREAKS}:main", ["judge", *given, "--verdict", str(said)])
        return Verdict.read(said)

    def _compare(self, what: str, subject: str, known: Sequence[date], *more: str) -> Verdict:
        said = self._folder / "verdict.json"
        given = ["--truth", str(self._world.truth), "--lake", str(self._folder / LAKE), "--subject", subject]
        days = ["--known", ",".join(day.isoformat() for day in known)] if known else []
        ends = ["--last-day", self._last_day.isoformat(), "--verdict", str(said)]
        self._lakehouse.call(f"compare {what}", "local.verify_truth.compare:main", [what, *given, *days, *ends, *more])
        return Verdict.read(said)


def _link_or_copy(source: str, target: str) -> str:
    """A table's Parquet files are never written again; what its log has may be."""
    if source.endswith(".parquet"):
        os.link(source, target)
        return target
    return str(shutil.copy2(source, target))
