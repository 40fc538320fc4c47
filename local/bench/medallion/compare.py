"""One scale: four steps, in which ours and the baseline take turns in one session."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.bench.medallion.deliveries import write_deliveries
from local.bench.medallion.measure import Cost
from local.bench.medallion.oracle import our_answer, their_answer, wrong_members
from local.bench.medallion.ours import Ours
from local.bench.medallion.theirs import Theirs
from local.verify_truth.intake import LAKE
from local.verify_truth.lakehouse import Lakehouse

SEED = 7
WARM_UP = 0.02

NOT_COMPARED = ("publish", "trace")
"""They write gold and what is behind it for readers without Spark: the baseline has no such steps."""

type Stages = Mapping[str, Cost]


@dataclass(frozen=True, slots=True)
class Compared:
    """By step what each stage cost; at the end, by noun, how many members are not what they should be."""

    rows: Mapping[str, int]
    ours: dict[str, Stages] = field(default_factory=dict)
    baseline: dict[str, Stages] = field(default_factory=dict)
    wrong: dict[str, int] = field(default_factory=dict)
    baseline_wrong: dict[str, int] = field(default_factory=dict)

    def figures(self) -> Mapping[str, float]:
        """Wall seconds of each step and wrong members of all nouns, as the last line of the bench tells them."""
        ours = {f"{step}_s": round(seconds(stages), 2) for step, stages in self.ours.items()}
        theirs = {f"baseline_{step}_s": round(seconds(stages), 2) for step, stages in self.baseline.items()}
        wrong = {"wrong_members": sum(self.wrong.values())}
        return {**ours, **theirs, **wrong, "baseline_wrong_members": sum(self.baseline_wrong.values())}


def seconds(stages: Stages) -> float:
    """Wall seconds of the stages that are compared."""
    return sum(cost.wall for key, cost in stages.items() if key not in NOT_COMPARED)


def warm_up(lakehouse: Lakehouse, folder: Path) -> None:
    """Both paths of ours and the one that the baseline always takes, on some hundred rows."""
    deliveries = write_deliveries(folder, WARM_UP, SEED)
    ours = Ours(lakehouse, folder / "ours", deliveries.landing)
    for name in ("full", "change"):
        ours.take(deliveries.waves[name])
        ours.run(without=NOT_COMPARED)
    Theirs(lakehouse, folder / "baseline").run()


def compare(lakehouse: Lakehouse, folder: Path, scale: float, say: Callable[[str], None]) -> Compared:
    """Both on the same deliveries. An equal extract is ours alone: the baseline's extract takes changed rows only."""
    deliveries = write_deliveries(folder, scale, SEED)
    ours = Ours(lakehouse, folder / "ours", deliveries.landing)
    theirs = Theirs(lakehouse, folder / "baseline")
    compared = Compared(deliveries.rows)

    def step(name: str, with_baseline: bool = True) -> None:
        compared.ours[name] = ours.run()
        say(told(name, compared.ours[name]))
        if with_baseline:
            compared.baseline[name] = theirs.run()
            say(told(f"baseline {name}", compared.baseline[name]))

    ours.take(deliveries.waves["full"])
    step("full")
    ours.take(deliveries.waves["change"])
    theirs.take_changes()
    step("change")
    step("no_change")
    ours.take(deliveries.waves["equal"])
    step("equal_extract", with_baseline=False)
    compared.wrong.update(wrong_members(deliveries.truth, folder / "ours" / LAKE, our_answer))
    compared.baseline_wrong.update(wrong_members(deliveries.truth, folder / "baseline" / "lake", their_answer))
    return compared


def told(name: str, stages: Stages) -> str:
    """One line for people who wait."""
    return f"{name}: " + ", ".join(f"{key} {cost.wall:.1f}" for key, cost in stages.items()) + " s"
