"""`make bench`: a dropped file's time to its message, a large file's memory, a cold start's cost.

The last line is JSON. `FILES=` sets how many files are timed (20), `ROWS=` how long each is (10000), `MB=` the size of
the large file (1000).
"""

import json
import math
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from azure.servicebus import ServiceBusClient, ServiceBusReceiver

from local.demo.drop import Dropper
from local.supervisor.service import REPOSITORY
from local.supervisor.world import World
from local.world.small_files import write_many_small_files

ROOT = REPOSITORY / ".local" / "bench" / "world"
ROUNDS = 5
QUEUE = "databricks-run-requests"
SERVICES = ("azurite", "service_bus", "host")
STILL = {"AzureWebJobs.run_databricks.Disabled": "true", "RCM_TELEMETRY_EXPORTER": "none"}


def main() -> int:
    shutil.rmtree(ROOT, ignore_errors=True)
    with World(ROOT, services=SERVICES, settings_overrides=STILL) as world:
        result = {
            "file_to_message_seconds": _latency(
                world, int(os.environ.get("FILES", "20")), int(os.environ.get("ROWS", "10000"))
            ),
            "large_file": _large_file(world, int(os.environ.get("MB", "1000"))),
            "cold_start": _cold_start(),
        }
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


def _latency(world: World, count: int, rows: int) -> dict[str, float]:
    """From the upload's end to the message on the run queue, one file at a time; the first starts the app cold."""
    paths = write_many_small_files(ROOT / "files", count, rows)
    dropper = Dropper(world.settings["RCM_STORAGE"])
    with _receiver(world) as receiver:
        first, *seconds = (_one_file(dropper, receiver, path) for path in paths)
    median, p95 = statistics.median(seconds), sorted(seconds)[math.ceil(0.95 * len(seconds)) - 1]
    return {"files": count, "rows": rows, "first": round(first, 3), "median": round(median, 3), "p95": round(p95, 3)}


@contextmanager
def _receiver(world: World) -> Iterator[ServiceBusReceiver]:
    with (
        ServiceBusClient.from_connection_string(world.settings["RCM_SERVICE_BUS"]) as client,
        client.get_queue_receiver(QUEUE) as receiver,
    ):
        yield receiver


def _one_file(dropper: Dropper, receiver: ServiceBusReceiver, path: str) -> float:
    dropper.drop(ROOT / "files" / path, path)
    start = time.monotonic()
    for message in receiver.receive_messages(max_message_count=1, max_wait_time=60):
        receiver.complete_message(message)
    return time.monotonic() - start


def _large_file(world: World, megabytes: int) -> dict[str, float]:
    """A CSV of encounters through `ingest`: wall seconds, and the host's largest resident memory on the way."""
    path = "emr/hospital_a/2026-02-01/encounters_large.csv"
    file = ROOT / "large.csv"
    _write_large(file, megabytes * 1_000_000)
    host = psutil.Process(world.pid("host"))
    before = host.memory_info().rss
    Dropper(world.settings["RCM_STORAGE"]).drop(file, path)
    start, peak = time.monotonic(), before
    with _receiver(world) as receiver:
        while not receiver.receive_messages(max_message_count=1, max_wait_time=1):
            peak = max(peak, host.memory_info().rss)
    seconds = round(time.monotonic() - start, 1)
    return {
        "megabytes": megabytes,
        "seconds": seconds,
        "rss_mb": round(peak / 1e6),
        "rss_mb_before": round(before / 1e6),
    }


def _write_large(file: Path, size: int) -> None:
    template = next(iter((ROOT / "files").rglob("encounters*.csv"))).read_text().splitlines()
    with file.open("w") as out:
        out.write(template[0] + "\n")
        for number, cells in enumerate(_repeated(template[1:])):
            out.write(f"ENC{number:09d},{cells}\n")
            if number % 10_000 == 0 and out.tell() >= size:
                return


def _repeated(lines: list[str]) -> Iterator[str]:
    while True:
        yield from (line.partition(",")[2] for line in lines)


def _cold_start() -> dict[str, Any]:
    """CPU seconds of `import function_app` beside `import azure.functions`, each in a fresh process; medians."""
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_import_seconds("function_app"))
        bare.append(_import_seconds("azure.functions"))
    ratio = statistics.median(ours) / statistics.median(bare)
    return {
        "function_app": round(statistics.median(ours), 3),
        "bare": round(statistics.median(bare), 3),
        "ratio": round(ratio, 2),
    }


def _import_seconds(module: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=REPOSITORY, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.exit(main())
