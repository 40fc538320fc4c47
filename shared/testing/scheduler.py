"""Runs activities by turns in one thread: each stops at the gate before a call, and a seed picks who goes on."""

import sys
from collections.abc import Callable
from random import Random

from greenlet import getcurrent, greenlet

from shared.errors import RcmError
from shared.testing.faults import Crash


class Scheduler:
    """Cooperative, seeded and repeatable. With `width` 1 an activity runs to its end before the next begins."""

    def __init__(self, rng: Random, width: int) -> None:
        self._rng = rng
        self._width = width
        self._root = getcurrent()
        self._running: list[greenlet] = []
        self._asleep: list[greenlet] = []
        self._aside: list[greenlet] = []
        self._dead: set[int] = set()
        self._has_crashed = False

    @property
    def has_room(self) -> bool:
        """Whether another activity may begin."""
        return len(self._running) < self._width

    @property
    def is_idle(self) -> bool:
        return not self._running

    def begin(self, activity: Callable[[], None]) -> None:
        """Begins an activity; it runs until its first call that lets others go first."""
        self._switch(greenlet(activity, self._root))

    def go_on(self) -> None:
        """Lets one of the activities go on, by the seed's choice."""
        chosen = self._running.pop(self._rng.randrange(len(self._running)))
        self._switch(chosen)

    def sleep(self) -> None:
        """The activity at work goes on when it is woken, and not before."""
        self._leave(self._asleep)

    def wake(self) -> bool:
        """Lets one that sleeps go on; False when none does."""
        return self._come_back(self._asleep)

    def step_aside(self) -> None:
        """The activity at work goes on when it steps back, and not before."""
        self._leave(self._aside)

    def step_back(self) -> bool:
        """Lets one that stepped aside go on; False when none did."""
        return self._come_back(self._aside)

    def _leave(self, for_now: list[greenlet]) -> None:
        """What a finalizer calls is no activity's."""
        if getcurrent() is not self._root:
            for_now.append(getcurrent())
            self._root.switch()

    def _come_back(self, waiting: list[greenlet]) -> bool:
        if waiting:
            self._switch(waiting.pop(0))
            return True
        return False

    def die(self) -> None:
        """The process dies: the activity at work ends here, and the others with it.

        What clean-up code may still try has no effect any more.
        """
        self._has_crashed = True
        self._dead.add(id(getcurrent()))
        raise Crash

    def pause(self) -> None:
        """Called at the gate: hands control back unless there is nobody to take it. A dead activity gets no further."""
        if id(getcurrent()) in self._dead:
            raise Crash
        if self._width > 1 and getcurrent() is not self._root:
            self._root.switch()

    def _kill_all(self) -> None:
        doomed = [*self._running, *self._asleep, *self._aside]
        self._running, self._asleep, self._aside = [], [], []
        for each in doomed:
            self._dead.add(id(each))
            each.throw(Crash, Crash())
            self._dead.discard(id(each))

    def _switch(self, target: greenlet) -> None:
        target.switch()
        if target.dead:
            self._dead.discard(id(target))
        elif target not in self._asleep and target not in self._aside:
            self._running.append(target)
        if self._has_crashed:
            self._has_crashed = False
            self._kill_all()


def let_the_dead_rest(unraisable: "sys.UnraisableHookArgs") -> None:
    """Finalizers of a dead activity can do nothing any more, and need not be told of."""
    if not isinstance(unraisable.exc_value, Crash | RcmError):
        sys.__unraisablehook__(unraisable)
