"""What was measured as a page for people: how each step grows, beside the baseline, and which stage costs what.

`python -m local.bench.medallion.report` writes it anew from the figures that runs left.
"""

import json
import os
import platform
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from local.bench.medallion.compare import NOT_COMPARED, Compared, Stages, seconds
from local.bench.medallion.measure import Cost
from local.verify_truth.lakehouse import REPOSITORY

NAME = "medallion-benchmark"
ROOT = REPOSITORY / ".local" / "bench" / "medallion"
STEPS = {
    "full": "full load",
    "change": "2 % changed",
    "no_change": "the same run again",
    "equal_extract": "an equal full extract",
}

type Scales = Mapping[str, Compared]


def save(name: str, compared: Compared) -> None:
    """Keeps a scale's figures for a page written later."""
    (ROOT / name / "figures.json").write_text(json.dumps(asdict(compared), indent=1))


def saved() -> dict[str, Compared]:
    """The figures of all scales that were measured on this machine, smallest first."""
    paths = sorted(ROOT.glob("x*/figures.json"), key=lambda path: float(path.parent.name[1:]))
    return {path.parent.name: _compared(json.loads(path.read_text())) for path in paths}


def write_report(folder: Path, scales: Scales) -> None:
    """Writes `medallion-benchmark.md` and `.svg`."""
    _plot(scales).savefig(folder / f"{NAME}.svg", metadata={"Date": None})
    (folder / f"{NAME}.md").write_text(_page(scales))


def steps_table(scales: Scales) -> str:
    """Wall and processor seconds of each step, ours and the baseline's."""
    lines = [
        "| scale | step | ours, s | of our full load | ours, CPU s | baseline, s | baseline, CPU s |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for name, one in scales.items():
        full = seconds(one.ours["full"])
        for step, stages in one.ours.items():
            ours = f"{seconds(stages):.1f} | {seconds(stages) / full:.0%} | {_cpu(stages):.1f}"
            theirs = one.baseline.get(step)
            baseline = f"{seconds(theirs):.1f} | {_cpu(theirs):.1f}" if theirs else "· | ·"
            lines.append(f"| {name} | {STEPS[step]} | {ours} | {baseline} |")
    return "\n".join(lines)


def stages_table(scales: Scales) -> str:
    """Of each step's tasks seconds, memory and files, as they grow."""
    names = list(scales)
    lines = [
        f"| step | task | {' | '.join(names)} | files | MB written | peak memory, MB |",
        "|---" * (len(names) + 5) + "|",
    ]
    for step, told in STEPS.items():
        for task in next(iter(scales.values())).ours[step]:
            costs = [one.ours[step][task] for one in scales.values()]
            walls = " | ".join(f"{cost.wall:.1f}" for cost in costs)
            lines.append(
                f"| {told} | {task} | {walls} | {_growing(cost.files for cost in costs)} "
                f"| {_growing(round(cost.megabytes) for cost in costs)} "
                f"| {_growing(round(cost.peak_mb) for cost in costs)} |"
            )
    return "\n".join(lines)


def wrong_table(scales: Scales) -> str:
    """How many members are not what they should be, by noun."""
    lines = ["| scale | noun | members | wrong, ours | wrong, baseline |", "|---|---|--:|--:|--:|"]
    for name, one in scales.items():
        lines += [
            f"| {name} | {noun} | {one.rows[noun]:,} | {wrong:,} | {one.baseline_wrong[noun]:,} |"
            for noun, wrong in one.wrong.items()
        ]
    return "\n".join(lines)


def _page(scales: Scales) -> str:
    return f"""# The cost of a change, measured

Written by `make bench-medallion` on {_machine()}: generated files in the shapes of the public two-hospital data, x1
its size (10,000 patients; 20,000 encounters, transactions and claims each), larger scales with so many times more keys.
Both run on one Spark session, Delta tables and settings, in turns, after a warm-up; two tables at a time. Seconds are
wall time of one run each on a machine that other work shares: ratios are good to about a quarter.

![Seconds by scale]({NAME}.svg)

{steps_table(scales)}

*2 % changed* is, of each noun, 2 % of its rows: 70 % changed, 12 % older states that come late (none among claims), 8 %
touched only, 7 % emptied of a value, 3 % spoilt. Ours takes it as the shipped metadata says each source sends: all
patients, the changed encounters and transactions, the newest month of claims. The baseline takes the changed rows, and
all claims. *The same run again* submits the same manifest. *An equal full extract* is everything once more on the next
day. Ours is bronze, silver, master, ledger and gold with KPIs; `publish` and `trace`, which have no counterpart, are in
the last table only.

{wrong_table(scales)}

Wrong is a member that is missing, there twice, or not what it should be after the changes: told by code that imports
nothing of the lakehouse.

{stages_table(scales)}

Files and memory as they grow with the scale; memory is resident, Python and Java, of a session that holds on to what it
once took.
"""


def _machine() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()})"


def _growing(figures: Iterable[int]) -> str:
    return " → ".join(f"{figure:,}" for figure in figures)


def _cpu(stages: Mapping[str, Cost]) -> float:
    return sum(cost.cpu for key, cost in stages.items() if key not in NOT_COMPARED)


def _compared(document: Mapping[str, Any]) -> Compared:
    ours, baseline = (_steps(document[engine]) for engine in ("ours", "baseline"))
    return Compared(document["rows"], ours, baseline, document["wrong"], document["baseline_wrong"])


def _steps(document: Mapping[str, Mapping[str, Any]]) -> dict[str, Stages]:
    return {step: {task: Cost(**cost) for task, cost in stages.items()} for step, stages in document.items()}


def _plot(scales: Scales) -> Figure:
    figure = Figure(figsize=(9, 3.4), layout="constrained")
    sizes = [float(name[1:]) for name in scales]
    panels = figure.subplots(1, len(STEPS), sharey=True)
    for axes, (step, told) in zip(panels, STEPS.items(), strict=True):
        for engine, colour in (("ours", "#0b6e4f"), ("baseline", "#9aa5b1")):
            told_of = [getattr(one, engine).get(step) for one in scales.values()]
            if all(told_of):
                axes.plot(sizes, [seconds(stages) for stages in told_of], "o-", color=colour, label=engine)
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(sizes, labels=list(scales))
        axes.minorticks_off()
        axes.set_title(told, fontsize=9)
    panels[0].set_ylabel("seconds")
    panels[0].legend(frameon=False, fontsize=8)
    return figure


if __name__ == "__main__":
    write_report(REPOSITORY / "docs", saved())
