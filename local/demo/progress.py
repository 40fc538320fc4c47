"""Shows progress file by file and step by step, by asking the API, until all is at rest."""

import sys
import time
from collections.abc import Mapping
from typing import Any

from local.demo.client import Client

POLL_SECONDS = 0.5
QUIET_POLLS = 5
OVER = frozenset({"succeeded", "failed", "cancelled", "unknown"})


class StuckError(Exception):
    """The line did not come to rest in time."""


class Progress:
    """Prints each change once: `[  12.3 s] landed   hospital_a__patient   250 bronze, 6 quarantined`."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._start = time.monotonic()
        self._seen: dict[str, str] = {}

    def say(self, text: str) -> None:
        """One line with the seconds since the start."""
        sys.stdout.write(f"[{time.monotonic() - self._start:6.1f} s] {text}\n")
        sys.stdout.flush()

    def wait_for_files(self, count: int, seconds: float) -> None:
        """Until `count` file versions are known and none of them is still at work."""
        end = time.monotonic() + seconds
        while True:
            ingestions = list(self._client.ingestions())
            for ingestion in ingestions:
                self._tell_ingestion(ingestion)
            if len(ingestions) >= count and all(each["status"] != "arrived" for each in ingestions):
                return
            _pause(end, "files did not end")

    def wait_for_request(self, request_id: str, seconds: float) -> None:
        """Until a reprocess or withdraw request has raised all it names."""
        end = time.monotonic() + seconds
        while self._client.get(f"requests/{request_id}")["status"] != "done":
            _pause(end, "the request did not end")

    def wait_for_gold(self, seconds: float) -> None:
        """Until nothing waits for a run and none is at work, and that for a while: a message may be on its way."""
        end, quiet_polls = time.monotonic() + seconds, 0
        while quiet_polls < QUIET_POLLS:
            quiet_polls = quiet_polls + 1 if self._is_quiet() else 0
            _pause(end, "the lakehouse did not come to rest")

    def _is_quiet(self) -> bool:
        said = self._client.get("databricks-runs")
        for run in reversed(said["databricks_runs"]):
            self._tell_run(run)
        is_over = all(run["status"] in OVER for run in said["databricks_runs"])
        return bool(said["databricks_runs"]) and is_over and said["waiting"] == 0

    def _tell_ingestion(self, ingestion: Mapping[str, Any]) -> None:
        key, status = str(ingestion["ingestion_id"]), str(ingestion["status"])
        if self._seen.get(key) == status or status == "arrived":
            return
        self._seen[key] = status
        source = ingestion["source_id"] or "(no source)"
        counts = f"{ingestion['bronze']} bronze, {ingestion['quarantined']} quarantined"
        self.say(f"{status:18} {source:28} {ingestion['reason'][:40] or counts}")

    def _tell_run(self, run: Mapping[str, Any]) -> None:
        key, status = str(run["token"]), str(run["status"])
        if self._seen.get(key) == status:
            return
        self._seen[key] = status
        self.say(f"databricks run {run['databricks_run_id']}: {status}, {run['members']} files {run['reason']}")


def _pause(end: float, text: str) -> None:
    if time.monotonic() > end:
        raise StuckError(text)
    time.sleep(POLL_SECONDS)
