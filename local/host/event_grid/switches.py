"""Misbehaviour on demand, of the kinds Event Grid itself is known for, and counts of what was done."""

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Switches:
    """`drop` loses every event found from now on, for good. `duplicate` delivers each so many times at once. `shuffle`
    takes those found together in an order drawn from `seed`. `delay_seconds` holds each back before its first delivery.
    """

    drop: bool = False
    duplicate: int = 1
    shuffle: bool = False
    delay_seconds: float = 0.0
    seed: int = 0


class SwitchBoard:
    """The switches as they stand, and what became of events since the start."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.counts: Counter[str] = Counter(found=0, dropped=0, delivered=0, retried=0, given_up=0)
        self._draws = random.Random(self.switches.seed)

    def set(self, wanted: Mapping[str, Any]) -> None:
        """Sets all switches: what `wanted` leaves out goes back to its default. ValueError names a wrong member."""
        defaults = asdict(Switches())
        for name, value in wanted.items():
            if name not in defaults:
                raise ValueError(f"unknown switch {name}; known are {', '.join(defaults)}")
            if not _fits(value, defaults[name]):
                raise ValueError(f"switch {name} must be like {defaults[name]!r}, not below zero")
        self.switches = Switches(**wanted)
        self._draws = random.Random(self.switches.seed)

    def shuffled[T](self, events: list[T]) -> list[T]:
        """The events in the order to deliver them in."""
        return self._draws.sample(events, len(events)) if self.switches.shuffle else events

    def to_json(self) -> dict[str, Any]:
        return {"switches": asdict(self.switches), "counts": dict(self.counts)}


def _fits(value: object, default: object) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return type(value) is type(default)
    wanted = (int, float) if isinstance(default, float) else int
    return isinstance(value, wanted) and value >= 0
