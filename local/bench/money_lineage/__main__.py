"""`python -m local.bench.money_lineage`: how long the API takes to trace a figure, beside how many claims.

An edition of that size is written to Azurite and asked for through the function app's host. The last line is JSON.
`CLAIMS=` sets how many claims (1000000), `REQUESTS=` how many of each kind are timed (100), `SEED=` which.
"""

import json
import math
import os
import shutil
import statistics
import sys
import time
from collections.abc import Mapping
from random import Random

import psutil
from azure.storage.blob import ContainerClient

from local.bench.money_lineage.edition import HOSPITALS, MEMBERS, Edition, buckets, periods
from local.demo.client import Client
from local.supervisor.service import REPOSITORY
from local.supervisor.world import World

ROOT = REPOSITORY / ".local" / "bench" / "money_lineage"
SERVICES = ("azurite", "service_bus", "host")
STILL = {"RCM_TELEMETRY_EXPORTER": "none"}
MOST_ROW = 1_000
SETTINGS = (("CLAIMS", "1000000"), ("REQUESTS", "100"), ("SEED", "1"))


def main() -> int:
    claims, requests, seed = (int(os.environ.get(*one)) for one in SETTINGS)
    shutil.rmtree(ROOT, ignore_errors=True)
    with World(ROOT, services=SERVICES, settings_overrides=STILL) as world:
        with ContainerClient.from_connection_string(world.settings["RCM_STORAGE"], "published") as published:
            size = Edition(claims, seed).upload(published)
        client = Client(world.address("host"), world.function_key, world.master_key)
        questions = _questions(Random(seed), requests)
        result = {
            "claims": claims,
            "published_mb": round(size / 1e6),
            "seconds": {kind: _timed(client, asked) for kind, asked in questions.items()},
            "rss_mb": round(_largest_process(world) / 1e6),
        }
    sys.stdout.write(json.dumps(result) + "\n")
    return 0


def _largest_process(world: World) -> int:
    """Resident bytes of the largest process of the host: its worker."""
    host = psutil.Process(world.pid("host"))
    return max(one.memory_info().rss for one in (host, *host.children(recursive=True)))


def _questions(draw: Random, count: int) -> Mapping[str, list[dict[str, object]]]:
    """Some of each kind: the first page and one further on, of a slice, one row with what is on file behind it."""

    def some(**more: object) -> list[dict[str, object]]:
        return [_figure(draw) | {name: _drawn(draw, value) for name, value in more.items()} for _ in range(count)]

    sliced = [_figure(draw) | _member(draw) for _ in range(count)]
    return {
        "first_page": some(),
        "later_page": some(page=range(MOST_ROW)),
        "slice": sliced,
        "row": some(row=range(MOST_ROW)),
    }


def _figure(draw: Random) -> dict[str, object]:
    kpi, bucket, *_ = draw.choice([one for one in buckets() if one[2] != "remitted_claim"])
    asked: dict[str, object] = {"kpi_id": kpi, "hospital": draw.choice(HOSPITALS), "period": draw.choice(periods())}
    return asked | ({"bucket": bucket} if bucket else {})


def _member(draw: Random) -> dict[str, object]:
    name = draw.choice(list(MEMBERS))
    return {"dimension": name, "member": draw.choice(MEMBERS[name])}


def _drawn(draw: Random, value: object) -> object:
    return draw.choice(value) if isinstance(value, range) else value


def _timed(client: Client, asked: list[dict[str, object]]) -> dict[str, float]:
    """Seconds of an answer over HTTP, one at a time."""
    taken = []
    for query in asked:
        start = time.monotonic()
        said = client.get("kpis/trace", **query)
        taken.append(time.monotonic() - start)
        assert said["row_count"], query
    p95 = sorted(taken)[math.ceil(0.95 * len(taken)) - 1]
    return {"median": round(statistics.median(taken), 3), "p95": round(p95, 3), "max": round(max(taken), 3)}


if __name__ == "__main__":
    sys.exit(main())
