"""The gate that every call of a fake passes: where a simulator fails it, loses its answer, or ends the process."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

type Phase = Literal["before", "after"]


class Gate(Protocol):
    """Called with the operation's name and the phase. What it raises comes out of the call.

    Raising "before" means that nothing happened; raising "after" means that all of it did and only the answer is lost.
    """

    def __call__(self, operation: str, phase: Phase) -> None: ...


def open_gate(operation: str, phase: Phase) -> None:
    """Lets everything pass."""


@contextmanager
def through(gate: Gate, operation: str) -> Iterator[None]:
    """Surrounds the effect of an operation. An operation that is refused has no effect, and no "after"."""
    gate(operation, "before")
    yield
    gate(operation, "after")
