"""The plots of the demo's page, as SVG texts."""

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

BLUE, ORANGE, GREY, RED = "#2563a8", "#d97706", "#9ca3af", "#b91c1c"
BAR = 0.38

mpl.rcParams |= {"svg.fonttype": "none", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}


def where_records_went(sources: Mapping[str, Mapping[str, int]]) -> str:
    """One bar per source: records in bronze and in quarantine, on a logarithmic scale."""
    names = [name for name, counts in sources.items() if counts["records_in"]]
    figure = Figure(figsize=(8.2, 0.28 * len(names) + 1.1), layout="constrained")
    axes = figure.subplots()
    axes.barh(names, [sources[name]["bronze"] for name in names], color=BLUE, height=0.62, label="bronze")
    quarantined = [name for name in names if sources[name]["quarantined"]]
    axes.plot(
        [sources[name]["quarantined"] for name in quarantined],
        quarantined,
        "D",
        color=RED,
        markersize=5,
        label="quarantined",
        linestyle="none",
    )
    axes.set_xscale("log")
    axes.set_xlabel("records (logarithmic)")
    axes.invert_yaxis()
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    return _svg(figure)


def receivables_by_age(kpis: Sequence[Mapping[str, Any]]) -> str:
    """Aged A/R as of the latest day: a group of bars per age, one bar per hospital."""
    rows = _aged(kpis)
    hospitals = sorted({row["hospital"] for row in rows})
    ages = sorted({row["bucket"] for row in rows}, key=lambda age: int(re.findall(r"\d+", age)[0]))
    figure = Figure(figsize=(8.2, 2.9), layout="constrained")
    axes = figure.subplots()
    for place, (hospital, colour) in enumerate(zip(hospitals, (BLUE, ORANGE, GREY), strict=False)):
        amounts = {row["bucket"]: float(row["numerator"] or 0) / 1e3 for row in rows if row["hospital"] == hospital}
        places = [number + (place - (len(hospitals) - 1) / 2) * BAR for number in range(len(ages))]
        heights = [amounts.get(age, 0.0) for age in ages]
        axes.bar(places, heights, width=BAR, color=colour, label=hospital.replace("_", " "))
    axes.set_xticks(range(len(ages)), [age.replace("_", " ") for age in ages])
    axes.set_xlabel("days since the claim" + (f", as of {rows[0]['as_of']}" if rows else ""))
    axes.set_ylabel("thousand USD")
    if rows:
        axes.legend(frameon=False)
    return _svg(figure)


def _aged(kpis: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The newest aged A/R of payers and patients together, each day once: `over_90` is told beside its two parts."""
    rows = [row for row in kpis if row["kpi_id"] == "aged_ar" and row.get("bucket")]
    newest = max((row["as_of"] for row in rows), default=None)
    ages = [{**row, "bucket": row["bucket"].removeprefix("all|")} for row in rows if row["as_of"] == newest]
    return [row for row in ages if "|" not in row["bucket"] and row["bucket"] != "over_90"]


def denials_by_month(kpis: Sequence[Mapping[str, Any]]) -> str:
    """The denial rate of each hospital by month."""
    figure = Figure(figsize=(8.2, 2.6), layout="constrained")
    axes = figure.subplots()
    rows = [row for row in kpis if row["kpi_id"] == "claim_status_denial_rate" and row["value"] is not None]
    periods = sorted({row["period"] for row in rows})[-18:]
    for hospital, colour in zip(sorted({row["hospital"] for row in rows}), (BLUE, ORANGE, GREY), strict=False):
        rates = {row["period"]: 100 * float(row["value"]) for row in rows if row["hospital"] == hospital}
        shown = [rates.get(period, float("nan")) for period in periods]
        axes.plot(periods, shown, "o-", color=colour, label=hospital.replace("_", " "), markersize=4)
    axes.set_ylabel("% of adjudicated claims")
    axes.set_ylim(bottom=0)
    axes.tick_params(axis="x", rotation=60)
    if rows:
        axes.legend(frameon=False)
    return _svg(figure)


def _svg(figure: Figure) -> str:
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue().partition("<svg")[1] + text.getvalue().partition("<svg")[2]
