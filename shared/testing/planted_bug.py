"""One bug to plant: what it is called, what is wrong, and what it puts in the place of the real thing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch


@dataclass(frozen=True, slots=True)
class PlantedBug:
    """A name, what is wrong, and the patches (`target object`, `attribute`, `replacement`) that make it so.

    `is_of_timers`: it shows only where timers bring something or anchor.
    """

    name: str
    says: str
    patches: tuple[tuple[Any, str, Any], ...]
    is_of_timers: bool = False

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The program with the bug in it."""
        active = [patch.object(target, attribute, replacement) for target, attribute, replacement in self.patches]
        for each in active:
            each.start()
        try:
            yield
        finally:
            for each in reversed(active):
                each.stop()
