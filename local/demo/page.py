"""The static page of the demo's result: one HTML file, no script, nothing loaded from anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from local.demo import close
from local.demo.plots import denials_by_month, receivables_by_age, where_records_went
from local.demo.table import latest

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 62rem; padding: 0 1rem; color: #1f2937; }
h1 { font-size: 1.6rem; margin-bottom: .2rem; } h2 { font-size: 1.15rem; margin-top: 2.2rem; }
table { border-collapse: collapse; font-size: .86rem; width: 100%; }
th { border-bottom: 2px solid #9ca3af; }
td, th { padding: .25rem .6rem .25rem 0; vertical-align: top; text-align: left; }
td { border-bottom: 1px solid #e5e7eb; } .n { text-align: right; font-variant-numeric: tabular-nums; }
.lead { color: #4b5563; } .tiles { display: flex; gap: 1rem; flex-wrap: wrap; margin: 1.2rem 0; }
.tile { border: 1px solid #e5e7eb; border-radius: .5rem; padding: .6rem 1rem; min-width: 7.5rem; }
.tile b { display: block; font-size: 1.5rem; } svg { max-width: 100%; height: auto; }
"""


def write_page(result: Mapping[str, Any], path: Path) -> Path:
    """Writes the page; the same result gives the same bytes."""
    sections = (
        ("Where the records went", where_records_went(result["sources"]) + _sources(result)),
        ("A/R by age", receivables_by_age(result["kpis"])),
        ("Denials", denials_by_month(result["kpis"])),
        ("KPIs of the latest period", _kpis(result["kpis"])),
        *([("Month-end close", _close(result["periods"]))] if result.get("periods") else []),
        ("Databricks runs", _runs(result["databricks_runs"])),
        ("Gold", _table(("table", "rows"), [(name, f"{rows:,}") for name, rows in sorted(result["gold"].items())])),
    )
    body = "".join(f"<h2>{escape(title)}</h2>{content}" for title, content in sections)
    path.write_text(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>From landing to KPIs</title>'
        f"<style>{STYLE}</style><h1>From landing to KPIs</h1>"
        f'<p class="lead">Hospital files, from a blob in landing to published figures, on one machine.</p>'
        f"{_tiles(result)}{body}</html>"
    )
    return path


def _tiles(result: Mapping[str, Any]) -> str:
    counts = result["sources"].values()
    tiles = (
        ("files", sum(each["files"] for each in counts)),
        ("records", sum(each["records_in"] for each in counts)),
        ("in bronze", sum(each["bronze"] for each in counts)),
        ("quarantined", sum(each["quarantined"] for each in counts)),
        ("lost", result["lost"]),
        ("doubled", result["doubled"]),
        ("seconds", f"{result['seconds'].get('total', 0):.0f}"),
    )
    shown = (f"{value:,}" if isinstance(value, int) else value for _, value in tiles)
    boxes = "".join(
        f'<div class="tile"><b>{value}</b>{name}</div>' for value, (name, _) in zip(shown, tiles, strict=True)
    )
    return f'<div class="tiles">{boxes}</div>'


def _sources(result: Mapping[str, Any]) -> str:
    columns = ("files", "records_in", "bronze", "quarantined", "advisory", "duplicate_content", "refused_files")
    rows = [
        (source, *(f"{counts[column]:,}" for column in columns), _reasons(result["reasons"].get(source, {})))
        for source, counts in result["sources"].items()
    ]
    return _table(("source", *(column.replace("_", " ") for column in columns), "why not"), rows)


def _reasons(reasons: Mapping[str, int]) -> str:
    return "; ".join(f"{reason} ({count})" for reason, count in reasons.items())


def _kpis(kpis: Iterable[Mapping[str, Any]]) -> str:
    columns = ("kpi_id", "hospital", "period", "bucket", "value", "numerator", "denominator", "unit")
    rows = [
        tuple(str(row.get(column) if row.get(column) is not None else "") for column in columns) for row in latest(kpis)
    ]
    return _table(columns, rows)


def _close(periods: Sequence[Mapping[str, Any]]) -> str:
    """How the periods stand; then, of each that is told in full, signed, restated and variance."""
    parts = [_table(("hospital", "period", "status", "signed by", "at (UTC)"), close.statuses(periods))]
    for period in (each for each in periods if "variance" in each):
        name = f"{period['hospital']} {period['period']}"
        views = _table(("account", "measure", "signed", "restated", "variance"), close.figures(period))
        reasons = _table(("account", "cause", "noun", "file", "ledger lines", "amount"), close.reasons(period))
        left = f"<p>not explained: {escape(period['remainder'])}</p>"
        parts.append(f"<h3>{escape(name)}: signed and restated</h3>{views}<h3>{escape(name)}: why</h3>{reasons}{left}")
    return "".join(parts)


def _runs(runs: Iterable[Mapping[str, Any]]) -> str:
    rows = [
        (str(run["databricks_run_id"]), run["state"], ", ".join(run["tasks"]), run["token"][:12])
        for run in reversed(list(runs))
    ]
    return _table(("databricks run", "state", "tasks", "token"), rows)


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join("<tr>" + "".join(_cell(cell) for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _cell(cell: str) -> str:
    is_number = cell.replace(",", "").replace(".", "").removeprefix("-").isdigit()
    return f'<td class="n">{escape(cell)}</td>' if is_number else f"<td>{escape(cell)}</td>"
