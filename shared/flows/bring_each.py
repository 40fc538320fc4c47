"""What the timers that bring files have in common: each thing in turn, and one that fails does not keep the others."""

from collections.abc import Callable, Iterable

from shared import telemetry
from shared.errors import RcmError, TransientError


def bring_each[T](kind: str, things: Iterable[tuple[str, T]], bring: Callable[[T], str]) -> None:
    """Brings each thing by its id, which telemetry shows as `kind`; `bring` says how it ended.

    TransientError at the end when any failed: the next tick tries again.
    """
    failed = []
    for name, thing in things:
        try:
            outcome = bring(thing)
        except RcmError as fault:
            failed.append(name)
            telemetry.alert("bring_failed", reason=fault.code, **{kind: name})
        else:
            telemetry.event("bring_concluded", status=outcome, **{kind: name})
    if failed:
        raise TransientError("bring_failed", ", ".join(failed))
