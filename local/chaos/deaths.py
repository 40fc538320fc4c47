"""Ends services at random moments, the way machines do: without asking."""

import threading
from collections import Counter
from collections.abc import Sequence
from random import Random

from local.supervisor.world import World

CLEAN = ("azurite",)  # keeps its last seconds in memory, unlike what it stands for: it is asked to stop, and stops


class Deaths:
    """While it is entered, a thread ends one of `victims` after the other. `counts` tells how often each died."""

    def __init__(self, world: World, victims: Sequence[str], seed: int, pauses: tuple[float, float]) -> None:
        """`pauses`: the shortest and the longest time in seconds between one's return and the next death."""
        self._world = world
        self._victims = victims
        self._draws = Random(seed)
        self._pauses = pauses
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._harm, name="deaths")
        self._faults: list[Exception] = []
        self.counts: Counter[str] = Counter()

    def __enter__(self) -> "Deaths":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if self._faults:
            raise self._faults[0]

    def _harm(self) -> None:
        """Every victim dies once before any dies again."""
        try:
            while True:
                for victim in self._draws.sample(self._victims, len(self._victims)):
                    if self._over.wait(self._draws.uniform(*self._pauses)):
                        return
                    self._end(victim)
        except Exception as fault:  # noqa: BLE001 - raised again where it is heard
            self._faults.append(fault)

    def _end(self, victim: str) -> None:
        if victim in CLEAN:
            self._world.restart(victim)
        else:
            self._world.kill(victim)
            self._world.wait_until_ready(victim)
        self.counts[victim] += 1
