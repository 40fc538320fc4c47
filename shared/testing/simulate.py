"""`make simulate`: the program under faults. `--seed n` tells the story of one schedule; `--seeds n` runs many more.

The last line is JSON: `{"schedules", "lost", "doubled", "violations", "planted_bugs_caught"}`.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import batched, chain, islice, zip_longest
from pathlib import Path

from shared.metadata import Metadata, load_metadata
from shared.pipeline.check import RecordChecker
from shared.testing.checker import Broken, check
from shared.testing.faults import Mode
from shared.testing.gears import (
    double_ticks,
    drawn,
    duels,
    far_pairs,
    forgotten,
    outages,
    overtaken,
    pairs,
    races,
    singles,
    sleepers,
    undisturbed,
    unheard,
)
from shared.testing.planted_bugs import PLANTED
from shared.testing.racing import RACING
from shared.testing.scenario import plain_scenario, refused_scenario, stranded_scenario
from shared.testing.schedule import Schedule
from shared.testing.simulation import Simulation
from shared.testing.surroundings import simulated_metadata

METADATA = Path(__file__).resolve().parents[2] / "metadata"
SEEDS = 500
WORKERS = 2
AT_ONCE = 200
MOST_TRIES = 1_500
MOST_CALLS = 120
SHOWN = 5
CHECKERS: dict[str, RecordChecker] = {}


@dataclass
class Verdict:
    """How many schedules ran, and what they broke."""

    schedules: int = 0
    broken: list[tuple[Schedule, Broken]] = field(default_factory=list)

    def add(self, other: "Verdict") -> None:
        self.schedules += other.schedules
        self.broken += other.broken

    @property
    def lost(self) -> int:
        return sum(each.is_lost for _, each in self.broken)

    @property
    def doubled(self) -> int:
        return sum(each.is_doubled for _, each in self.broken)


@cache
def metadata() -> Metadata:
    return simulated_metadata(load_metadata(METADATA))


def simulate(schedule: Schedule) -> tuple[Simulation, list[Broken]]:
    """Runs one schedule and checks it at rest."""
    simulation = Simulation(metadata(), schedule, CHECKERS)
    simulation.run()
    return simulation, check(simulation)


def judge(schedules: Iterable[Schedule]) -> Verdict:
    """Runs schedules one after the other."""
    verdict = Verdict()
    for schedule in schedules:
        verdict.schedules += 1
        verdict.broken += [(schedule, each) for each in simulate(schedule)[1]]
    return verdict


def every_schedule(seeds: int) -> Iterator[Schedule]:
    """The exhaustive gears, then the drawn one; beyond the usual number of seeds as many pairs across flows.

    One file's way is the beginning of that with two requests, and so not taken through every fault a second time.
    """
    calls = {schedule: calls_of(schedule) for schedule in undisturbed()}
    fewest = min(calls.values())
    most = max(count for schedule, count in calls.items() if not schedule.scenario.has_timers)
    longest = {schedule: count for schedule, count in calls.items() if len(schedule.scenario.actions) > 1}
    every_single = chain.from_iterable(singles(schedule, count) for schedule, count in longest.items())
    every_sleeper = chain.from_iterable(sleepers(*each) for each in longest.items() if not each[0].scenario.has_timers)
    across = far_pairs(most, max(seeds - SEEDS, 0))
    every_overtaking = chain.from_iterable(overtaken(each, calls_of(each)) for each in map(Schedule, RACING))
    one_fault = chain(every_single, every_sleeper, *_losses(), every_overtaking, duels(fewest))
    exhaustive = chain(double_ticks(), races(), outages(), unheard(), one_fault, pairs(fewest))
    return chain(undisturbed(), exhaustive, map(drawn, range(seeds)), across)


def _losses() -> list[Iterator[Schedule]]:
    lost = (plain_scenario(), refused_scenario(), stranded_scenario())
    return [forgotten(schedule, calls_of(schedule)) for schedule in map(Schedule, lost)]


def calls_of(schedule: Schedule) -> int:
    """How many calls pass the gate when nothing goes wrong."""
    return simulate(schedule)[0].gate.calls


def catch(name: str) -> str:
    """The invariant that sees a planted bug, "" where none does: a silent bug means a blind checker."""
    with PLANTED[name].planted():
        for schedule in islice(_tries(PLANTED[name].is_of_timers), MOST_TRIES):
            broken = simulate(schedule)[1]
            if broken:
                return broken[0].invariant
    return ""


def _tries(is_of_timers: bool) -> Iterator[Schedule]:
    """Schedules in an order in which most bugs show soon; those of timers from their end, where they repeat."""
    *plain, timed = undisturbed()
    if is_of_timers:
        return chain((timed,), double_ticks(), reversed(_singles_of(Mode.CRASH_AFTER, timed)))
    longest = [schedule for schedule in plain if len(schedule.scenario.actions) > 1]
    crashes = map(partial(_singles_of, Mode.CRASH_AFTER), longest)
    gears = [
        *crashes,
        _singles_of(Mode.ERROR_BEFORE, longest[0]),
        *(sleepers(schedule, calls_of(schedule)) for schedule in longest),
    ]
    gears += _losses()
    gears += [overtaken(schedule, MOST_CALLS) for schedule in map(Schedule, RACING)]
    exhaustive = zip_longest(*gears, races(), unheard(), duels(MOST_CALLS), map(drawn, range(MOST_TRIES)))
    return chain(plain, (schedule for some in exhaustive for schedule in some if schedule))


def _singles_of(mode: Mode, schedule: Schedule) -> list[Schedule]:
    return [each for each in singles(schedule, calls_of(schedule)) if mode in each.faults.values()]


def run_all(seeds: int) -> tuple[Verdict, dict[str, str]]:
    """Everything, on two processes: the verdict on the program, and what saw each planted bug."""
    verdict = Verdict()
    with ProcessPoolExecutor(WORKERS) as pool:
        caught = dict(zip(PLANTED, pool.map(catch, PLANTED), strict=True))
        for part in pool.map(judge, batched(every_schedule(seeds), AT_ONCE, strict=False)):
            verdict.add(part)
    return verdict, caught


def tell(seed: int) -> int:
    """The story of one seed, readable."""
    simulation, broken = simulate(drawn(seed))
    sys.stdout.write("\n".join(simulation.history) + "\n")
    for each in broken:
        sys.stdout.write(f"BROKEN {each.invariant}: {each.about}\n")
    return _last_line(1, broken, f"{len(broken)} violations in seed {seed}")


def _last_line(schedules: int, broken: list[Broken], planted: str) -> int:
    lost, doubled = sum(each.is_lost for each in broken), sum(each.is_doubled for each in broken)
    said = {"schedules": schedules, "lost": lost, "doubled": doubled, "violations": len(broken)}
    sys.stdout.write(json.dumps({**said, "planted_bugs_caught": planted}) + "\n")
    return 1 if broken else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many drawn schedules beside the exhaustive ones")
    parser.add_argument("--seed", type=int, help="tell the story of one drawn schedule")
    arguments = parser.parse_args()
    if arguments.seed is not None:
        return tell(arguments.seed)
    verdict, caught = run_all(arguments.seeds)
    for schedule, each in verdict.broken[:SHOWN]:
        sys.stdout.write(
            f"BROKEN {each.invariant}: {each.about} (seed {schedule.seed}, faults {dict(schedule.faults)})\n"
        )
    for name, invariant in caught.items():
        sys.stdout.write(f"planted {name}: {invariant or 'NOT CAUGHT'}\n")
    count = sum(bool(invariant) for invariant in caught.values())
    failed = _last_line(verdict.schedules, [each for _, each in verdict.broken], f"{count}/{len(caught)}")
    return failed or int(count < len(caught))


if __name__ == "__main__":
    sys.exit(main())
