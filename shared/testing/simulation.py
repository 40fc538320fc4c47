"""One schedule: the real flows on strict fakes, faults at the gate, every choice by a seed, until all is at rest."""

import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from random import Random
from unittest.mock import patch

from shared import telemetry
from shared.errors import RcmError, TransientError
from shared.flows import anchor_audit, follow_request
from shared.flows.sweep_staged import sweep_staged
from shared.metadata import Metadata
from shared.pipeline.check import RecordChecker
from shared.pipeline.listing import END_OF_TIME
from shared.testing.activities import Deployment
from shared.testing.fake_clock import START
from shared.testing.fake_event_grid import FakeEventGrid
from shared.testing.fake_ports import FakePorts
from shared.testing.faults import Crash, FaultGate, Mode
from shared.testing.line import CONSUMERS
from shared.testing.outsiders import Outsiders
from shared.testing.recording_exporter import RecordingExporter
from shared.testing.run_endings import RunEndings
from shared.testing.scenario import BRINGING, Ask, Tick, Upload, Wait
from shared.testing.schedule import Schedule
from shared.testing.scheduler import Scheduler, let_the_dead_rest

RECONCILE_EVERY = timedelta(minutes=5)
LOCK_IS_LOST = 6 * 60.0
STAGED = ("bronze", "quarantine")
A_DAY = 25 * 3600.0
REST = (0.0, 301.0, 301.0, A_DAY, 301.0, A_DAY)
MOST_STEPS = 20_000
MOST_BEGUN = 800  # of one drain: what begins again and again has gone astray
A_CALLERS_PATIENCE = 10.0
HASTE = (0.02, 0.2, 0.6)
IN_LINE = patch.multiple(follow_request, AT_ONCE=1, SIDE_BY_SIDE=1)  # so that two requests are a line already
DAYS_ANCHORED = 8  # six years of days without a file are two thousand calls that say nothing


class StillBusyError(Exception):
    """The schedule does not come to rest."""


class Simulation:
    """`history` tells what happened, line by line; `standing` which staged files stood before any sweep of a day."""

    def __init__(
        self, metadata: Metadata, schedule: Schedule, checkers: dict[str, RecordChecker] | None = None
    ) -> None:
        self.schedule = schedule
        self.history: list[str] = []
        self.unexpected: list[str] = []
        self.is_at_rest = False
        self.standing: dict[str, frozenset[str]] = {}
        self.exporter = RecordingExporter()
        self._rng = Random(schedule.seed)
        self._haste = self._rng.choice(HASTE)
        self._scheduler = Scheduler(self._rng, schedule.width)
        harm: dict[Mode, Callable[[], None]] = {
            Mode.SLOW: self._lose_locks,
            Mode.ASLEEP: self._fall_asleep,
            Mode.OVERTAKEN: self._scheduler.step_aside,
        }
        self.gate = FaultGate(self._tell, self._scheduler.pause, self._scheduler.die, harm)
        self.gate.plan(schedule.faults)
        self.ports = FakePorts(metadata, self.gate, checkers=checkers)
        harm[Mode.FORGOTTEN] = self.ports.bus.forget
        if schedule.outage:
            self.gate.is_out = partial(schedule.outage.hits, self.ports.clock, self._rng)
        self.event_grid = FakeEventGrid(self.ports.clock)
        self.outsiders = Outsiders(self.ports, self.event_grid, self._tell, schedule.scenario.has_timers)
        self._deployment = Deployment(self.ports, schedule.mixed, self._rng)
        self._begun = 0
        self._actions = list(schedule.scenario.actions)
        self._endings = RunEndings(self.ports.jobs, schedule.scenario.run_endings, self._tell)
        self._next_tick = self.ports.clock.now() + RECONCILE_EVERY

    def run(self) -> None:
        """Lets everything happen; then faults stop, time passes, and nobody lends a hand."""
        telemetry.install(self.exporter)
        sys.unraisablehook = let_the_dead_rest
        try:
            with patch.object(anchor_audit, "ALL_DAYS_BACK", DAYS_ANCHORED), IN_LINE:
                self._come_to_rest()
            self.is_at_rest = True
        except StillBusyError:
            self._tell("does not come to rest")
        finally:
            telemetry.install(telemetry.LogExporter())
            sys.unraisablehook = sys.__unraisablehook__

    def _come_to_rest(self) -> None:
        self.drain()
        self.standing = {container: frozenset(self.ports.files.blobs[container]) for container in STAGED}
        self.gate.is_open = True
        for seconds in REST:
            self.ports.clock.advance(seconds)
            self._tidy()
            self.drain()
        if self.outsiders.surroundings:
            self._tick("anchor_audit")
            self.drain()

    def _tidy(self) -> None:
        if self.schedule.reconciles:
            self._tick("reconcile")
        else:
            sweep_staged(self.ports)
        if self.outsiders.surroundings:
            for timer in BRINGING:
                self._tick(timer)

    def _lose_locks(self) -> None:
        self.ports.clock.advance(LOCK_IS_LOST)

    def _fall_asleep(self) -> None:
        self._lose_locks()
        self._scheduler.sleep()

    def drain(self) -> None:
        """Lets happen what can happen until nothing can."""
        self._begun = 0
        for _ in range(MOST_STEPS):
            if not self._step():
                return
            if self._begun > MOST_BEGUN:
                break
        raise StillBusyError

    def stop_timers(self) -> None:
        """Lets no timer fire any more."""
        self._next_tick = END_OF_TIME

    def _step(self) -> bool:
        """One choice among what can happen now. A paused activity goes on soon or, by the seed, long after others."""
        is_paused = not self._scheduler.is_idle
        if is_paused and (not self._scheduler.has_room or self._rng.random() < self._haste):
            self._scheduler.go_on()
            return True
        choices = self._choices()
        if choices:
            self._rng.choice(choices)()
            return True
        if self._scheduler.step_back() or self._let_time_pass():
            return True
        if is_paused:
            self._scheduler.go_on()
        return is_paused or self._scheduler.wake()

    def _choices(self) -> list[Callable[[], None]]:
        if self.outsiders.surroundings:
            self.outsiders.notice_brought()
        now = self.ports.clock.now()
        choices: list[Callable[[], None]] = []
        if self.event_grid.due():
            choices.append(self._deliver_event)
        choices += [partial(self._deliver, queue) for queue in CONSUMERS if self.ports.bus.available(queue)]
        if (self._endings.next_at() or END_OF_TIME) <= now:
            choices.append(self._endings.end_a_run)
        if (self.outsiders.copy_ends_at() or END_OF_TIME) <= now:
            choices.append(self.outsiders.end_a_copy)
        if self.schedule.reconciles and now >= self._next_tick:
            choices.append(lambda: self._tick("reconcile"))
        if self._actions and self._action_due() <= now and not (choices and isinstance(self._actions[0], Wait)):
            choices.append(self._act)
        return choices

    def _action_due(self) -> datetime:
        """When the next action begins; those of outsiders have a time, requests come as soon as they can."""
        action = self._actions[0]
        return START + timedelta(seconds=action.after_seconds if isinstance(action, Upload) else 0)

    def _let_time_pass(self) -> bool:
        act = self._action_due() if self._actions else None
        ends = (self.outsiders.copy_ends_at(), self._endings.next_at())
        moments = (self.ports.bus.next_change(), self.event_grid.next_change(), act, *ends)
        soonest = min((moment for moment in moments if moment), default=None)
        if soonest:
            self.ports.clock.advance(max((soonest - self.ports.clock.now()).total_seconds(), 0) + 0.001)
        return bool(soonest)

    def _act(self) -> None:
        action = self._actions.pop(0)
        match action:
            case Ask():
                self._ask(action)
            case Tick():
                self.ports.clock.advance(1)
                self._tick(action.timer)
            case Wait():
                self.ports.clock.advance(action.seconds)
            case _:
                self.outsiders.act(action)

    def _ask(self, ask: Ask) -> None:
        """The caller repeats the request until it is answered."""
        program, target = self._deployment.program(), self.outsiders.target_of(ask)

        def work() -> None:
            try:
                program.ask(ask, target)
            except (TransientError, Crash):
                self._actions.append(ask)
                self.ports.clock.advance(A_CALLERS_PATIENCE)
                raise

        self.begin(f"http {ask.kind} of upload {ask.upload}", work)

    def _deliver_event(self) -> None:
        event = self._rng.choice(self.event_grid.due())
        self.event_grid.take(event)
        program = self._deployment.program()
        self.begin("register", lambda: program.register(self.event_grid, event))

    def _deliver(self, queue: str) -> None:
        place = self._rng.randrange(len(self.ports.bus.available(queue)))
        with self.gate.held_open():
            delivery = self.ports.bus.receive(queue, place)
        if delivery:
            program = self._deployment.program()
            name = f"{delivery.message_id[:24]} for the {delivery.delivery_count}. time"
            self.begin(name, lambda: program.take(delivery))

    def _tick(self, timer: str) -> None:
        program = self._deployment.program()
        if timer == "reconcile":
            self._next_tick = self.ports.clock.now() + RECONCILE_EVERY
        self.begin(timer, lambda: program.tick(timer))

    def begin(self, name: str, work: Callable[[], None]) -> None:
        """Begins an activity, as the host does."""
        self._tell(f"begins {name}")
        self._begun += 1
        self._scheduler.begin(lambda: self._carry_out(name, work))

    def _carry_out(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except Crash:
            return
        except RcmError as fault:
            self._tell(f"{name} gives up for now: {fault.code}")
        except Exception as error:  # noqa: BLE001  # no fault may bring out anything else: the checker hears of it
            self.unexpected.append(f"{name}: {type(error).__name__}")

    def _tell(self, text: str) -> None:
        self.history.append(f"{self.ports.clock.now():%d %H:%M:%S} {text}")
