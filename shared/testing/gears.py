"""The schedules of each gear: every single fault, every pair within a flow, and as many drawn ones as asked for."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from random import Random

from shared.testing.faults import Mode
from shared.testing.racing import RACING
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
    unheard_scenario,
    vanished_scenario,
)
from shared.testing.schedule import Outage, Schedule

LONGEST_FLOW = 14
LAST_FAULTY_CALL = 250
DUELS = 6
SERVICES = ("files.", "ledger.", "sender.", "jobs.", "emr.", "code_apis.")
DOUBLE_TICKS = 25
MOST_MIXED = 25
WAYS = (Mode.CRASH_AFTER, Mode.ERROR_BEFORE, Mode.ERROR_AFTER, Mode.THROTTLED, Mode.SLOW)
"""A crash before a call is the same as one after the call before it, or as one before anything was done."""

PAIR_MODES = (Mode.CRASH_AFTER, Mode.ERROR_AFTER)
"""Those that lose most."""

RACES = 25
LONG_OUTAGE = 9_000.0  # longer than the reconciler looks back


def undisturbed() -> Iterator[Schedule]:
    """One file's way, and the same with two requests; with the reconciler's help and without. A group that no run
    attempt takes in. A file that is found late and taken away. What timers bring."""
    for scenario, reconciles in product((one_file_scenario(), plain_scenario()), (False, True)):
        yield Schedule(scenario, reconciles=reconciles, repeats=True)
    yield Schedule(stranded_scenario(), repeats=True)
    yield Schedule(vanished_scenario(), repeats=True)
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
    """At each call all locks are lost, so that a second delivery works beside the first, in some orders of turns; the
    reconciler comes between in every second one."""
    for call, seed in product(range(1, calls + 1), range(DUELS)):
        yield Schedule(two_files_scenario(), seed, width=3, faults={call: Mode.SLOW}, reconciles=bool(seed % 2))


def sleepers(schedule: Schedule, calls: int) -> Iterator[Schedule]:
    """Before each call whoever makes it loses its lock and sleeps until all others are at rest, then goes on."""
    for call in range(1, calls + 1):
        yield replace(schedule, faults={call: Mode.ASLEEP}, repeats=False)


def outages() -> Iterator[Schedule]:
    """Each service is down for half an hour, or fails every second call, while files come and timers bring."""
    for calls, share, seed in product(SERVICES, (1.0, 0.5), range(2)):
        yield Schedule(outage_scenario(), seed, outage=Outage(calls, share=share), repeats=True)


def forgotten(schedule: Schedule, calls: int) -> Iterator[Schedule]:
    """Before each call every queue loses what it holds, with the process dying before or not; the reconciler alone can
    bring it back."""
    for call in range(1, calls + 1):
        yield replace(schedule, faults={call: Mode.FORGOTTEN})
        yield replace(schedule, faults={call: Mode.CRASH_AFTER, call + 1: Mode.FORGOTTEN})


def unheard() -> Iterator[Schedule]:
    """No event tells of a file, while all is well or a service is down for hours."""
    for calls, seed in product(("", "files.list", "ledger.", "sender."), range(2)):
        yield Schedule(unheard_scenario(), seed, outage=Outage(calls, LONG_OUTAGE) if calls else None)


def races() -> Iterator[Schedule]:
    """Several do the same thing at once: one after the other, and in some orders of turns; in every second one all
    locks are lost at a call."""
    for seed, scenario in product(range(RACES), RACING):
        lost = {Random(seed).randint(1, LAST_FAULTY_CALL): Mode.SLOW}
        yield Schedule(scenario, seed, width=3 if seed else 1, faults=lost if seed % 2 else {})


def overtaken(schedule: Schedule, calls: int) -> Iterator[Schedule]:
    """Before each call whoever makes it lets all others go first, as far as they get without waiting."""
    for call in range(1, calls + 1):
        yield replace(schedule, faults={call: Mode.OVERTAKEN})


def double_ticks() -> Iterator[Schedule]:
    """Each timer fires twice at once, in some orders of turns."""
    for timer, seed in product(BRINGING, range(DOUBLE_TICKS)):
        yield Schedule(twice_scenario(timer), seed, width=2)


def far_pairs(calls: int, count: int) -> Iterator[Schedule]:
    """Two faults anywhere on a file's way through reprocess and withdrawal, so in different flows, drawn by number.

    The reconciler helps in every second one, and where a queue forgets: it alone can bring that back.
    """
    for number in range(count):
        rng = Random(number)
        first, second = sorted(rng.sample(range(1, calls + 1), 2))
        faults = {first: rng.choice(PAIR_MODES), second: rng.choice(list(Mode))}
        reconciles = bool(number % 2) or Mode.FORGOTTEN in faults.values()
        yield Schedule(plain_scenario(), faults=faults, reconciles=reconciles, mixed=number % 3, repeats=True)


def drawn(seed: int) -> Schedule:
    """A whole schedule from one number: what outsiders do, what goes wrong, who goes first."""
    rng = Random(seed)
    scenario = drawn_scenario(rng)
    faults = {rng.randint(1, LAST_FAULTY_CALL): rng.choice(list(Mode)) for _ in range(rng.randint(0, 6))}
    mixed = rng.randint(1, MOST_MIXED) if rng.random() < 0.25 else 0
    return Schedule(scenario, seed, rng.choice((1, 2, 3)), faults, mixed=mixed, repeats=True)
