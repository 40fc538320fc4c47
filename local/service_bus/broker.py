"""All queues over one journal, and the order in which things happen to them.

What the event loop reads in one go is one *turn*. Requests of a turn change the queues at once; at its end ready
messages are given out, all changes are written to disk as one group, and only then does anything leave for a client.
So no client ever learns of what a crash could take back, and many small requests share one wait for the disk.
"""

import asyncio
import time
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Protocol

from local.service_bus.changes import Change
from local.service_bus.contents import Contents
from local.service_bus.faults import EntityNotFoundError
from local.service_bus.journal import Journal, JournalError
from local.service_bus.outlet import Outlet
from local.service_bus.queue import Queue
from local.service_bus.settings import QueueSettings


class Outbox(Protocol):
    """Holds back what is to leave for a client until the end of a turn."""

    def flush(self) -> None:
        """Lets it leave."""


class Broker:
    """The queues of one namespace. Belongs to one event loop; queue names are found whatever their case."""

    def __init__(
        self, settings: Mapping[str, QueueSettings], journal: Journal, loop: asyncio.AbstractEventLoop
    ) -> None:
        self._journal = journal
        self._loop = loop
        self._queues = {
            name.lower(): Queue(name, each, partial(journal.append, name)) for name, each in settings.items()
        }
        self._outlets = {
            (name, is_dead): Outlet(queue, is_dead) for name, queue in self._queues.items() for is_dead in (False, True)
        }
        self._outboxes: dict[Outbox, None] = {}
        self._turn: asyncio.Handle | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_closed = False
        self.failure: asyncio.Future[None] = loop.create_future()
        """Done with the error once the journal cannot be written any more; the broker is then silent for good."""
        self._replay()
        self.wake()

    def now(self) -> int:
        """The present instant in milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def queue(self, name: str) -> Queue:
        """The queue of that name. Raises EntityNotFoundError where there is none."""
        queue = self._queues.get(name.lower())
        if queue is None:
            raise EntityNotFoundError(f"The messaging entity '{name}' could not be found.")
        return queue

    def outlet(self, name: str, is_dead: bool) -> Outlet:
        """Where that queue, or its dead letters, is given out. Raises EntityNotFoundError where there is none."""
        return self._outlets[self.queue(name).name.lower(), is_dead]

    def wake(self, outbox: Outbox | None = None) -> None:
        """Ends the turn as soon as the loop has read what there is; the outbox may then flush."""
        if outbox is not None:
            self._outboxes[outbox] = None
        if self._turn is None and not self._is_closed:
            self._turn = self._loop.call_soon(self.end_turn)

    def close(self) -> None:
        """Ends the last turn and stops the clock."""
        if not self._is_closed:
            self._is_closed = True
            self.end_turn()
        if self._timer is not None:
            self._timer.cancel()
        self.failure.cancel()

    def end_turn(self) -> None:
        """Ends the turn at once: gives out, writes, and lets leave what waits."""
        now = self.now()
        try:
            self._give_out(now)
            self._write()
        except OSError as error:
            self._is_closed = True
            self.failure.set_exception(error)
            return
        finally:
            self._forget_turn()
        outboxes, self._outboxes = self._outboxes, {}
        for outbox in outboxes:
            outbox.flush()
        self._set_timer(now)

    def _forget_turn(self) -> None:
        if self._turn is not None:
            self._turn.cancel()
            self._turn = None

    def _give_out(self, now: int) -> None:
        for queue in self._queues.values():
            queue.tick(now)
        for outlet in self._outlets.values():
            outlet.pump(now)

    def _write(self) -> None:
        if self._journal.is_large:
            self._journal.rewrite(self._snapshot())
        else:
            self._journal.commit()

    def _set_timer(self, now: int) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadlines = [at for queue in self._queues.values() if (at := queue.next_deadline()) is not None]
        if deadlines:
            self._timer = self._loop.call_later(max(0, min(deadlines) - now) / 1000, self.wake)

    def _snapshot(self) -> Iterator[tuple[str, Change]]:
        for queue in self._queues.values():
            for change in queue.snapshot():
                yield queue.name, change

    def _replay(self) -> None:
        """Makes the queues what they were, and the journal as short as they are."""
        strangers: dict[str, Contents] = {}
        for name, change in self._journal.read():
            try:
                if name.lower() in self._queues:
                    self._queues[name.lower()].replay(change)
                else:
                    strangers.setdefault(name, Contents(name, 0)).apply(change)
            except KeyError as error:
                raise JournalError(f"the journal of queue {name} contradicts itself") from error
        for name, contents in strangers.items():
            if any(True for _ in contents):
                raise JournalError(f"the journal holds messages of queue {name}, which the configuration does not name")
        self._journal.rewrite(self._snapshot())
