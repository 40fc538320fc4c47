"""The schedules of each gear: every single fault, every pair within a flow, and as many drawn ones as asked for."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

from shared.testing.faults import Mode
from shared.testing.scenario import (
    BRINGING,
    drawn_scenario,
    one_file_scenario,
    outage_scenario,
    plain_scenario,
    stranded_scenario,
    timers_scenario,
    twice_scenario,
    two_files_scenario,
)
from shared.testing.schedule import Outage, Schedule

LONGEST_FLOW = 14
LAST_FAULTY_CALL = 250
DUELS = 6
SERVICES = ("files.", "ledger.", "sender.", "jobs.", "emr.", "code_apis.")
WAYS = tuple(mode for mode in Mode if mode is not Mode.ASLEEP)
DOUBLE_TICKS = 25
MOST_MIXED = 25
PAIR_MODES = (Mode.CRASH_BEFORE, Mode.CRASH_AFTER, Mode.ERROR_AFTER)


def undisturbed() -> Iterator[Schedule]:
    """One file's way, and the same with two requests; with the reconciler's help and without. A group that no run
    attempt takes in. What timers bring."""
    for scenario, reconciles in product((one_file_scenario(), plain_scenario()), (False, True)):
        yield Schedule(scenario, reconciles=reconciles, repeats=True)
    yield Schedule(stranded_scenario(), repeats=True)
    yield Schedule(timers_scenario(), repeats=True)


def singles(schedule: Schedule, calls: int) -> Iterator[Schedule]:
    """Each call of an undisturbed schedule goes wrong: of one file's way with its requests in each way, else in those
    that lose most."""
    modes = WAYS if schedule.scenario == plain_scenario() else PAIR_MODES
    for call, mode in product(range(1, calls + 1), modes):
        yield replace(schedule, faults={call: mode}, repeats=mode is Mode.CRASH_AFTER)


def pairs(calls: int) -> Iterator[Schedule]:
    """Each two calls of one file's way that lie within a flow of each other, in the ways that lose most."""
    for first, distance in product(range(1, calls + 1), range(1, LONGEST_FLOW)):
        for one, other in product(PAIR_MODES, PAIR_MODES):
            yield Schedule(one_file_scenario(), faults={first: one, first + distance: other}, reconciles=False)


def duels(calls: int) -> Iterator[Schedule]:
    """At each call all locks are lost, so that a second delivery works beside the first, in some orders of turns."""
    for call, seed in product(range(1, calls + 1), range(DUELS)):
        yield Schedule(two_files_scenario(), seed, width=3, faults={call: Mode.SLOW}, reconciles=False)


def sleepers(schedule: Schedule, calls: int) -> Iterator[Schedule]:
    """Before each call whoever makes it loses its lock and sleeps until all others are at rest, then goes on."""
    for call in range(1, calls + 1):
        yield replace(schedule, faults={call: Mode.ASLEEP}, repeats=False)


def outages() -> Iterator[Schedule]:
    """Each service is down for half an hour, or fails every second call, while files come and timers bring."""
    for calls, share, seed in product(SERVICES, (1.0, 0.5), range(2)):
        yield Schedule(outage_scenario(), seed, outage=Outage(calls, share=share), repeats=True)


def double_ticks() -> Iterator[Schedule]:
    """Each timer fires twice at once, in some orders of turns."""
    for timer, seed in product(BRINGING, range(DOUBLE_TICKS)):
        yield Schedule(twice_scenario(timer), seed, width=2)


def far_pairs(calls: int, count: int) -> Iterator[Schedule]:
    """Two faults anywhere on a file's way through reprocess and withdrawal, so in different flows, drawn by number."""
    for number in range(count):
        rng = Random(number)
        first, second = sorted(rng.sample(range(1, calls + 1), 2))
        faults = {first: rng.choice(PAIR_MODES), second: rng.choice(list(Mode))}
        yield Schedule(plain_scenario(), faults=faults, reconciles=bool(number % 2), mixed=number % 3, repeats=True)


def drawn(seed: int) -> Schedule:
    """A whole schedule from one number: what outsiders do, what goes wrong, who goes first."""
    rng = Random(seed)
    scenario = drawn_scenario(rng)
    faults = {rng.randint(1, LAST_FAULTY_CALL): rng.choice(list(Mode)) for _ in range(rng.randint(0, 6))}
    mixed = rng.randint(1, MOST_MIXED) if rng.random() < 0.25 else 0
    return Schedule(scenario, seed, rng.choice((1, 2, 3)), faults, mixed=mixed, repeats=True)
