"""The benchmark as a page for people: a table and a plot."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from local.bench.validation.measure import Result

NAME = "validation-benchmark"

type Stages = Mapping[str, Mapping[str, Result]]


def write_report(folder: Path, rows: int, rounds: int, stages: Stages, figures: Mapping[str, Any]) -> None:
    """Writes `validation-benchmark.md` and `.svg`."""
    folder.mkdir(exist_ok=True)
    _plot(stages).savefig(folder / f"{NAME}.svg", metadata={"Date": None})
    (folder / f"{NAME}.md").write_text(_page(rows, rounds, stages, figures))


def _page(rows: int, rounds: int, stages: Stages, figures: Mapping[str, Any]) -> str:
    tables = "\n\n".join(_table(stage, results) for stage, results in stages.items())
    machine = f"{os.cpu_count()} cores at a load of {os.getloadavg()[2]:.0f}"
    others = "\n".join(f"| {name} | {value} |" for name, value in figures.items() if name != "ratios")
    return f"""# Validation, measured

Written by `make bench-validation`: {rows:,} generated claims of 19 columns, 1.5 % of them broken in nine ways. CPU
seconds per million records, all threads, median of {rounds} rounds in which the engines take turns. Engines of single
records are timed on their first few thousand. Absolute figures are the machine's; the ratios travel, but engines that
work on columns lose more than others where caches are shared: this was on {machine}.

![CPU seconds per million records]({NAME}.svg)

{tables}

| figure | value |
|---|---|
{others}

*whole_path_vs_unvalidated* divides by the library underneath ours turning the same CSV into Parquet, with its own
defaults and our compression. *two_workers* is the wall time that one worker process takes for four such files ÷ that of
two processes, both warm, best of three; it needs two idle cores. *two_workers_hashing* is the same ratio of hashing,
which processes share without loss, in the same minutes: 2 on an idle machine, and what a busy one had to give.
"""


def _table(stage: str, results: Mapping[str, Result]) -> str:
    ours = results["ours"].median
    lines = [
        f"| {name} | {result.median:.2f} | {result.median / ours:.1f} |"
        for name, result in sorted(results.items(), key=lambda each: each[1].median)
    ]
    return "\n".join([f"| {stage} | CPU s / million | times ours |", "|---|---|---|", *lines])


def _plot(stages: Stages) -> Figure:
    figure = Figure(figsize=(8, 2 + 1.6 * len(stages)), layout="constrained")
    for at, (stage, results) in enumerate(stages.items(), 1):
        axes = figure.add_subplot(len(stages), 1, at)
        ordered = sorted(results.items(), key=lambda each: -each[1].median)
        colours = ["#0b6e4f" if name.startswith("ours") else "#9aa5b1" for name, _ in ordered]
        bars = axes.barh([name for name, _ in ordered], [result.median for _, result in ordered], color=colours)
        axes.bar_label(bars, fmt="%.2f", padding=3)
        axes.set_xscale("log")
        axes.margins(x=0.15)
        axes.set_title(stage, loc="left", fontsize=10)
    figure.supxlabel("CPU seconds per million records (log scale)", fontsize=9)
    return figure
