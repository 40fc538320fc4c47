"""A storm of reprocess requests while files go on arriving: how much of its throughput does intake keep?"""

import itertools
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from local.chaos.load import UNREACHABLE, balance, client_of, upload_all, wait_until_settled
from local.demo.client import ApiError, Client
from local.supervisor.world import World
from local.world.small_files import write_many_small_files

ROWS = 20
SECONDS = 900.0
TARGETS = 30  # of each request: more than one share of its work
REQUESTS_BEFORE = 5
PAUSE = 0.5


class Storm:
    """While it is entered, a thread asks without end for files to be reprocessed, some of them at a time.

    `answers` counts what was said to it, by code; `accepted` where there was none.
    """

    def __init__(self, client: Client, file_version_ids: Sequence[str]) -> None:
        self._client = client
        self._groups = itertools.cycle(itertools.batched(file_version_ids, TARGETS, strict=False))
        self._over = threading.Event()
        self._risen = threading.Event()
        self._thread = threading.Thread(target=self._ask, name="storm", daemon=True)
        self.answers: Counter[str] = Counter()

    def __enter__(self) -> "Storm":
        self._thread.start()
        self._risen.wait(SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        for number in itertools.count():
            self.answers[self._answer(number)] += 1
            if self.answers["accepted"] >= REQUESTS_BEFORE:
                self._risen.set()
            if self._over.wait(PAUSE):
                return

    def _answer(self, number: int) -> str:
        body = {"file_version_ids": list(next(self._groups))}
        try:
            self._client.post("reprocess", body, f"storm-{number}")
        except ApiError as refusal:
            return refusal.code
        except UNREACHABLE:
            return "unreachable"
        return "accepted"


def storm_and_count(world: World, metadata: Path, files: int, seed: int) -> dict[str, Any]:
    """Three times `files`: the first are what the storm is about, the second arrive in calm, the third in the storm."""
    folder, client = world.plan.root / "files", client_of(world)
    paths = write_many_small_files(folder, 3 * files, ROWS, seed)
    before, calm, stormy = itertools.batched(paths, files, strict=True)
    known = _arrive(world, folder, before)
    in_calm = _files_a_second(_arrive(world, folder, calm))
    with Storm(client, [str(one["file_version_id"]) for one in known]) as storm:
        in_storm = _files_a_second(_arrive(world, folder, stormy))
    listed = wait_until_settled(client, paths, SECONDS)
    counted = balance(world, listed, metadata, has_lake=False)
    return {
        "files": len(paths),
        "requests": dict(storm.answers),
        "generations_raised": sum(int(one["generation"]) - 1 for one in listed),
        "files_a_second_in_calm": round(in_calm, 1),
        "files_a_second_in_storm": round(in_storm, 1),
        "kept": round(in_storm / in_calm, 2),
        "lost": counted.lost,
        "doubled": counted.doubled,
    }


def _arrive(world: World, folder: Path, paths: Sequence[str]) -> list[Mapping[str, Any]]:
    upload_all(world.settings["RCM_STORAGE"], folder, paths)
    return wait_until_settled(client_of(world), paths, SECONDS)


def _files_a_second(listed: Iterable[Mapping[str, Any]]) -> float:
    """From the first arrival to the last end, by the ledger."""
    listed = list(listed)
    first = min(datetime.fromisoformat(one["arrived_at"]) for one in listed)
    last = max(datetime.fromisoformat(one["updated_at"]) for one in listed)
    return len(listed) / (last - first).total_seconds()
