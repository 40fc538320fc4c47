"""The closing table in the terminal."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

HEADINGS = ("source", "arrived", "records", "bronze", "quarantined", "silver", "by reason")


def closing_table(result: Mapping[str, Any]) -> str:
    """Source by source: files that arrived, records, where they are now, and why some are not."""
    silver = _silver_counts(result)
    rows = [
        (
            source,
            str(counts["files"]),
            f"{counts['records_in']:,}",
            f"{counts['bronze']:,}",
            f"{counts['quarantined']:,}",
            f"{silver[source]:,}" if source in silver else "",
            _reasons(result["reasons"].get(source, {})),
        )
        for source, counts in result["sources"].items()
    ]
    return "\n".join((_aligned((HEADINGS, *rows)), "", "gold: " + _gold(result["gold"])))


def kpi_table(kpis: Iterable[Mapping[str, Any]], most: int = 24) -> str:
    """The latest KPIs of each hospital."""
    rows = [
        (
            row["kpi_id"],
            row["hospital"],
            row["period"],
            str(row.get("bucket") or ""),
            str(row["value"]),
            str(row["numerator"]),
            str(row["denominator"]),
        )
        for row in latest(kpis)
    ]
    return _aligned((("kpi", "hospital", "period", "bucket", "value", "numerator", "denominator"), *rows[:most]))


def latest(kpis: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of each KPI and hospital the rows of the newest period that has a value."""
    known = [row for row in kpis if row.get("value") is not None]
    newest: dict[tuple[str, str], str] = {}
    for row in known:
        key = (row["kpi_id"], row["hospital"])
        newest[key] = max(newest.get(key, ""), str(row["period"]))
    return sorted(
        (row for row in known if newest[row["kpi_id"], row["hospital"]] == str(row["period"])),
        key=lambda row: (row["kpi_id"], row["hospital"], str(row.get("bucket") or "")),
    )


def _silver_counts(result: Mapping[str, Any]) -> dict[str, int]:
    """Rows of silver per source as the latest run that touched the source reported them."""
    found: dict[str, int] = {}
    for run in reversed(result["databricks_runs"]):
        sources = run["tasks"].get("silver", {}).get("sources", {})
        if isinstance(sources, Mapping):
            found |= {source: counts["silver"] for source, counts in sources.items()}
    return found


def _gold(gold: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(gold.items())) or "nothing published"


def _reasons(reasons: Mapping[str, int]) -> str:
    return ", ".join(f"{reason} x {count}" for reason, count in list(reasons.items())[:4])


def _aligned(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join((lines[0], "  ".join("─" * width for width in widths), *lines[1:]))
