"""The demo's story: two hospitals' files travel from landing to KPIs; some go wrong, and that is mended."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from local.demo.client import Client
from local.demo.count import count_balance
from local.demo.drop import Dropper
from local.demo.own_files import landing_paths
from local.demo.progress import Progress
from local.demo.result import gather
from local.supervisor.world import World
from local.world.demo import DemoFile, DemoWorld, write_demo_world

FILES_SECONDS = 600
GOLD_SECONDS = 1200


@dataclass
class Stage:
    """Where the story plays: the running world, the metadata it reads, and how long each act took."""

    world: World
    metadata: Path
    seconds: dict[str, float] = field(default_factory=dict)
    dropped: int = 0

    def __post_init__(self) -> None:
        self.client = Client(self.world.address("host"), self.world.function_key, self.world.master_key)
        self.dropper = Dropper(self.world.settings["RCM_STORAGE"])
        self.progress = Progress(self.client)

    def ingest(self, files: Sequence[tuple[Path, str]]) -> None:
        """Drops files and waits until each has ended."""
        start = monotonic()
        self.dropped += self.dropper.drop_all(files)
        self.progress.wait_for_files(self.dropped, FILES_SECONDS)
        self._timed("ingest", start)

    def ingest_world(self, demo: DemoWorld) -> None:
        """Drops a demo world's files; what comes again comes when the others have ended, or it might be the first."""
        for again in (False, True):
            files = [file for file in demo.files if (file.outcome == "duplicate_content") == again]
            self.ingest([(demo.folder / file.path, file.path) for file in files])

    def gold(self) -> None:
        """Waits until the lakehouse has taken in all there is."""
        start = monotonic()
        self.progress.wait_for_gold(GOLD_SECONDS)
        self._timed("lakehouse", start)

    def _timed(self, name: str, start: float) -> None:
        self.seconds[name] = self.seconds.get(name, 0.0) + monotonic() - start


def play_demo(stage: Stage, folder: Path, seed: int, as_of: date) -> None:
    """The whole story on a generated world whose latest extracts are of `as_of`."""
    demo = write_demo_world(folder, seed, as_of)
    stage.progress.say(f"{len(demo.files)} files of two hospitals arrive, some of them spoilt")
    stage.ingest_world(demo)
    stage.progress.say("Databricks takes what landed to gold")
    stage.gold()
    _mend(stage, demo)
    _call_timers(stage)
    stage.progress.say("Databricks takes in what was mended, withdrawn and fetched")
    stage.gold()


def play_own_files(stage: Stage, folder: Path, day: date) -> None:
    """Files of one's own, laid out like the public data, from landing to KPIs."""
    files = list(landing_paths(folder, day))
    stage.progress.say(f"{len(files)} files arrive")
    stage.ingest(files)
    stage.progress.say("Databricks takes what landed to gold")
    stage.gold()


def close(stage: Stage, has_lake: bool = True) -> dict[str, Any]:
    """Counts what was lost and doubled, and gathers the result."""
    storage = stage.world.settings["RCM_STORAGE"]
    ingestions = list(stage.client.ingestions())
    balance = count_balance(storage, ingestions, stage.metadata, stage.world.plan.lake, has_lake)
    return gather(stage.client, balance, stage.seconds)


def _mend(stage: Stage, demo: DemoWorld) -> None:
    """Adds the alias that a renamed header needs, reprocesses that file, and withdraws the misdirected one."""
    seen, meant = demo.alias
    source = stage.metadata / "sources" / f"{demo.renamed.source_id}.json"
    said = json.loads(source.read_text())
    said["format"]["aliases"] = {**said["format"].get("aliases", {}), seen: meant}
    source.write_text(json.dumps(said, indent=2))
    stage.progress.say(
        f"metadata mended: {demo.renamed.source_id} takes header {seen} for {meant}; the app is deployed anew"
    )
    stage.world.restart("host")
    _request(stage, "reprocess", demo.renamed)
    _request(stage, "withdraw", demo.misdirected)
    stage.progress.wait_for_files(stage.dropped, FILES_SECONDS)


def _request(stage: Stage, kind: str, file: DemoFile) -> None:
    found = next(each for each in stage.client.ingestions() if each["path"] == file.path)
    stage.progress.say(f"{kind} {found['source_id']} {found['ingestion_id'][:12]}…")
    answer = stage.client.post(kind, {"file_version_ids": [found["file_version_id"]]}, f"demo-{kind}")
    stage.progress.wait_for_request(answer["request_id"], FILES_SECONDS)


def _call_timers(stage: Stage) -> None:
    """Fires the timers that bring files, and the one that compares."""
    start = monotonic()
    for function_name in ("extract_emr", "refresh_codes", "reconcile"):
        stage.progress.say(f"timer {function_name}")
        stage.client.fire(function_name)
    stage.progress.wait_for_files(stage.dropped + 1, FILES_SECONDS)
    stage.seconds["timers"] = monotonic() - start
