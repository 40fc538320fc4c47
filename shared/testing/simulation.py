"""One schedule: the real flows on strict fakes, faults at the gate, every choice by a seed, until all is at rest."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from shared import telemetry
from shared.errors import RcmError, RequestRefusedError, TransientError
from shared.flows.reconcile import reconcile
from shared.flows.register import register
from shared.flows.reprocess import accept
from shared.flows.sweep_staged import sweep_staged
from shared.metadata import Metadata
from shared.model.file_version import LANDING, BlobVersion
from shared.model.request import RequestKind, Selection
from shared.pipeline.check import RecordChecker
from shared.testing.fake_clock import START
from shared.testing.fake_event_grid import FakeEventGrid, Pending
from shared.testing.fake_message_bus import Delivery
from shared.testing.fake_ports import FakePorts
from shared.testing.faults import Crash, FaultGate, Mode
from shared.testing.line import CONSUMERS
from shared.testing.recording_exporter import RecordingExporter
from shared.testing.scenario import Ask, Scenario, Upload
from shared.testing.scheduler import Scheduler

RECONCILE_EVERY = timedelta(minutes=5)
LOCK_IS_LOST = 6 * 60.0
A_DAY = 25 * 3600.0
REST = (0.0, 301.0, 301.0, A_DAY, 301.0, A_DAY)
MOST_STEPS = 20_000
HASTE = (0.02, 0.2, 0.6)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What an outsider really wrote: the checker's own record."""

    upload: Upload
    blob: BlobVersion


@dataclass(frozen=True, slots=True)
class Schedule:
    """What makes a simulation what it is: equal schedules have histories equal byte for byte.

    `width` activities are under way at most; above 1 they take turns at every call. Without `reconciles` the timer
    never fires, so that redelivery alone has to bring everything to its end.
    """

    scenario: Scenario
    seed: int = 0
    width: int = 1
    faults: Mapping[int, Mode] = field(default_factory=dict, hash=False)
    reconciles: bool = True


def _let_the_dead_rest(unraisable: "sys.UnraisableHookArgs") -> None:
    """Finalizers of a dead activity can do nothing any more, and need not be told of."""
    if not isinstance(unraisable.exc_value, Crash | RcmError):
        sys.__unraisablehook__(unraisable)


class StillBusyError(Exception):
    """The schedule does not come to rest."""


class Simulation:
    """`history` tells what happened, line by line."""

    def __init__(
        self, metadata: Metadata, schedule: Schedule, checkers: dict[str, RecordChecker] | None = None
    ) -> None:
        self.schedule = schedule
        self.history: list[str] = []
        self.unexpected: list[str] = []
        self.uploaded: list[Uploaded] = []
        self.is_at_rest = False
        self.exporter = RecordingExporter()
        self._rng = Random(schedule.seed)
        self._haste = self._rng.choice(HASTE)
        self._scheduler = Scheduler(self._rng, schedule.width)
        self.gate = FaultGate(self._tell, self._scheduler.pause, self._scheduler.die, self._lose_locks)
        self.gate.plan(schedule.faults)
        self.ports = FakePorts(metadata, self.gate, checkers=checkers)
        self.event_grid = FakeEventGrid(self.ports.clock)
        self._actions = list(schedule.scenario.actions)
        self._endings = list(schedule.scenario.run_endings)
        self._next_tick = self.ports.clock.now() + RECONCILE_EVERY

    def run(self) -> None:
        """Lets everything happen; then faults stop, time passes, and nobody lends a hand."""
        telemetry.install(self.exporter)
        sys.unraisablehook = _let_the_dead_rest
        try:
            self._drain()
            self.gate.is_open = True
            for seconds in REST:
                self.ports.clock.advance(seconds)
                self._tidy()
                self._drain()
            self.is_at_rest = True
        except StillBusyError:
            self._tell("does not come to rest")
        finally:
            telemetry.install(telemetry.LogExporter())
            sys.unraisablehook = sys.__unraisablehook__

    def _tidy(self) -> None:
        if self.schedule.reconciles:
            self._begin("reconcile", lambda: reconcile(self.ports))
        else:
            sweep_staged(self.ports, self.ports.clock.now())

    def _lose_locks(self) -> None:
        self.ports.clock.advance(LOCK_IS_LOST)

    def _drain(self) -> None:
        for _ in range(MOST_STEPS):
            if not self._step():
                return
        raise StillBusyError

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
        return self._let_time_pass() or is_paused

    def _choices(self) -> list[Callable[[], None]]:
        choices: list[Callable[[], None]] = [self._act] if self._actions and self._is_time_to_act() else []
        if self.event_grid.due():
            choices.append(self._deliver_event)
        choices += [self._deliverer(queue) for queue in CONSUMERS if self.ports.bus.available(queue)]
        if self.ports.jobs.active():
            choices.append(self._end_a_run)
        if self.schedule.reconciles and self.ports.clock.now() >= self._next_tick:
            choices.append(self._tick)
        return choices

    def _is_time_to_act(self) -> bool:
        return self.ports.clock.now() >= self._action_due()

    def _action_due(self) -> datetime:
        """When the next action begins; those of outsiders have a time, requests come as soon as they can."""
        action = self._actions[0]
        return START + timedelta(seconds=action.after_seconds if isinstance(action, Upload) else 0)

    def _let_time_pass(self) -> bool:
        act = self._action_due() if self._actions and not self._is_time_to_act() else None
        moments = (self.ports.bus.next_change(), self.event_grid.next_change(), act)
        soonest = min((moment for moment in moments if moment), default=None)
        if soonest:
            self.ports.clock.advance(max((soonest - self.ports.clock.now()).total_seconds(), 0) + 0.001)
        return bool(soonest)

    def _act(self) -> None:
        action = self._actions.pop(0)
        if isinstance(action, Ask):
            self._begin(f"http {action.kind} of upload {action.upload}", lambda: self._ask(action))
            return
        blob = self.ports.files.upload(LANDING, action.name, action.content)
        self._tell(f"upload {len(self.uploaded)}: {len(action.content)} bytes, told {action.event_copies} times")
        self.uploaded.append(Uploaded(action, blob))
        self.event_grid.tell(blob, action.event_copies)
        self.ports.clock.advance(1)

    def _ask(self, action: Ask) -> None:
        """The caller repeats the request until it is answered."""
        target = self.uploaded[min(action.upload, len(self.uploaded) - 1)].blob.file_version_id
        try:
            accept(self.ports, RequestKind(action.kind), Selection(file_version_ids=(target,)), "ann", action.key)
        except RequestRefusedError:
            return
        except (TransientError, Crash):
            self._actions.append(action)
            raise

    def _deliver_event(self) -> None:
        event = self._rng.choice(self.event_grid.due())
        self.event_grid.take(event)
        self._begin("register", lambda: self._register(event))

    def _register(self, event: Pending) -> None:
        try:
            register(self.ports, event.hint)
        except (RcmError, Crash):
            self.event_grid.give_back(event)
            raise

    def _deliverer(self, queue: str) -> Callable[[], None]:
        return lambda: self._deliver(queue)

    def _deliver(self, queue: str) -> None:
        place = self._rng.randrange(len(self.ports.bus.available(queue)))
        with self.gate.held_open():
            delivery = self.ports.bus.receive(queue, place)
        if delivery:
            name = f"{delivery.json().get('type')} for the {delivery.delivery_count}. time"
            self._begin(name, lambda: self._take(delivery))

    def _take(self, delivery: Delivery) -> None:
        """What the host does: completes when the function returns, gives back when it raises."""
        try:
            CONSUMERS[delivery.queue](self.ports, delivery.body, delivery.message_id)
        except TransientError:
            self.ports.bus.abandon(delivery)
            raise
        self.ports.bus.complete(delivery)

    def _end_a_run(self) -> None:
        run = self.ports.jobs.active()[0]
        state, result = self._endings.pop(0) if self._endings else ("TERMINATED", "SUCCESS")
        self._tell(f"databricks run {run.databricks_run_id} ends: {state} {result}")
        self.ports.jobs.report(run.databricks_run_id, state, result)

    def _tick(self) -> None:
        self._next_tick = self.ports.clock.now() + RECONCILE_EVERY
        self._begin("reconcile", lambda: reconcile(self.ports))

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        self._tell(f"begins {name}")
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
