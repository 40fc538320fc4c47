"""Gathers what the line did into one result: `.local/demo/result.json`, and what table and page show."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from local.demo.client import ApiError, Client
from local.demo.close import gather_close
from local.demo.count import Balance

COUNTED = ("records_in", "bronze", "quarantined", "advisory")


def gather(client: Client, balance: Balance, seconds: Mapping[str, float]) -> dict[str, Any]:
    """The result as one JSON value; see the README for its shape."""
    ingestions = list(client.ingestions())
    kpis = _or_nothing(client, "kpis", "kpis")
    return {
        "sources": _by_source(ingestions),
        "reasons": _reasons(client, ingestions),
        "databricks_runs": [_run(client, run) for run in client.get("databricks-runs")["databricks_runs"]],
        "gold": _tables(client),
        "kpis": kpis,
        "periods": gather_close(client),
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
        "lost": balance.lost,
        "doubled": balance.doubled,
    }


def _by_source(ingestions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Counts per source; records are those of files that landed, in their latest generation."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in ingestions:
        counter = found[each["source_id"] or "unknown"]
        counter["files"] += 1
        counter[_kind(each["status"])] += 1
        if each["status"] == "landed":
            counter.update({name: each[name] for name in COUNTED})
    kinds = ("duplicate_content", "superseded", "refused_files", "withdrawn", "held")
    return {
        source: {name: counter[name] for name in ("files", *COUNTED, *kinds)}
        for source, counter in sorted(found.items())
    }


def _kind(status: str) -> str:
    return "refused_files" if status == "refused" else status


def _reasons(client: Client, ingestions: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Why records were quarantined and files refused, per source: rule and field, how often."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for each in ingestions:
        source = each["source_id"] or "unknown"
        if each["status"] not in ("landed", "duplicate_content"):
            found[source][each["reason"] or each["status"]] += 1
        elif each["quarantined"]:
            story = client.get(f"ingestions/{each['file_version_id']}")
            for reason in story["reasons"]:
                if reason["tier"] == "row":
                    found[source][f"{reason['rule']} {reason['field']}".strip()] += reason["count"]
    return {source: dict(counter.most_common()) for source, counter in sorted(found.items())}


def _run(client: Client, run: Mapping[str, Any]) -> dict[str, Any]:
    tasks = client.get(f"databricks-runs/{run['token']}")["tasks"]
    return {
        "databricks_run_id": run["databricks_run_id"],
        "state": run["status"],
        "token": run["token"],
        "tasks": tasks,
    }


def _tables(client: Client) -> dict[str, int]:
    """Rows of each gold table in the current edition."""
    return dict(_or_nothing(client, "tables", "tables"))


def _or_nothing(client: Client, path: str, name: str) -> Any:
    try:
        return client.get(path)[name]
    except ApiError as refusal:
        if refusal.status != 404:
            raise
        return []
