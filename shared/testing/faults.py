"""Faults at the gate: which call goes wrong, and how."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import ThrottledError, TransientError
from shared.testing.gate import Phase


class Mode(StrEnum):
    """How a call goes wrong. AFTER means: the effect stands, only the answer is lost."""

    CRASH_BEFORE = "crash_before"
    CRASH_AFTER = "crash_after"
    ERROR_BEFORE = "error_before"
    ERROR_AFTER = "error_after"
    THROTTLED = "throttled"
    SLOW = "slow"
    ASLEEP = "asleep"
    OVERTAKEN = "overtaken"
    FORGOTTEN = "forgotten"


class Crash(BaseException):
    """The process ends here. No handler may catch it, and what it had in memory is gone."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The `call`-th call of a schedule (from 1) goes wrong in this way."""

    call: int
    mode: Mode

    def __str__(self) -> str:
        return f"{self.mode.value} at call {self.call}"


TOLD = {
    Mode.ASLEEP: "not before all others are at rest",
    Mode.OVERTAKEN: "not before others did what they can do now",
    Mode.FORGOTTEN: "before it every queue forgets what it holds",
    Mode.SLOW: "done, so late that every lock is lost",
}


class FaultGate:
    """A gate that counts calls and carries out a plan; `told` hears of every call and every fault.

    `pause` is called before each operation: a scheduler lets others go first there. `die` ends the activity at work.
    What `is_out` says of an operation holds at every call. `harm` is what a mode of TOLD does: SLOW lets time pass
    after the effect, long enough for every lock to be lost; ASLEEP keeps the activity from going on until all others
    have come to rest, OVERTAKEN only until they would have to wait: what it read before is old when it goes on;
    FORGOTTEN takes every message from the queues.
    """

    def __init__(
        self,
        told: Callable[[str], None],
        pause: Callable[[], None],
        die: Callable[[], None],
        harm: Mapping[Mode, Callable[[], None]],
    ) -> None:
        self.calls = 0
        self.is_open = False
        self._plan: dict[int, Mode] = {}
        self._told = told
        self._pause = pause
        self._die = die
        self._harm = harm
        self._current: dict[str, int] = {}
        self.is_out: Callable[[str], bool] = lambda _: False

    def plan(self, faults: Mapping[int, Mode]) -> None:
        """Which calls go wrong from now on."""
        self._plan = dict(faults)

    @contextmanager
    def held_open(self) -> Iterator[None]:
        """What the surroundings do themselves passes without a fault and is not counted."""
        was_open, self.is_open = self.is_open, True
        yield
        self.is_open = was_open

    def __call__(self, operation: str, phase: Phase) -> None:
        if self.is_open:
            return
        if phase == "before":
            self._pause()
            self.calls += 1
            if self.is_out(operation):
                raise TransientError("injected_outage")
            self._before(operation, self._plan.get(self.calls))
        else:
            self._after(operation)

    def _before(self, operation: str, mode: Mode | None) -> None:
        if mode in (Mode.CRASH_AFTER, Mode.ERROR_AFTER, Mode.SLOW):
            self._current[operation] = self.calls
        if mode is Mode.CRASH_BEFORE:
            self._told(f"{operation}: the process dies before it")
            self._die()
        if mode in (Mode.ASLEEP, Mode.OVERTAKEN, Mode.FORGOTTEN):
            self._do_harm(operation, mode)
        if mode is Mode.ERROR_BEFORE:
            self._told(f"{operation}: fails, nothing happened")
            raise TransientError("injected_before")
        if mode is Mode.THROTTLED:
            self._told(f"{operation}: refused for now")
            raise ThrottledError("injected_throttle", retry_after=5)

    def _after(self, operation: str) -> None:
        mode = self._plan.get(self._current.pop(operation, 0))
        if mode is Mode.CRASH_AFTER:
            self._told(f"{operation}: done, then the process dies")
            self._die()
        if mode is Mode.ERROR_AFTER:
            self._told(f"{operation}: done, the answer is lost")
            raise TransientError("injected_after")
        if mode is Mode.SLOW:
            self._do_harm(operation, mode)

    def _do_harm(self, operation: str, mode: Mode) -> None:
        self._told(f"{operation}: {TOLD[mode]}")
        self._harm[mode]()
