"""What a function raises, the host logs with its text: what isn't ours goes on without, for it may quote a record."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.errors import RcmError, TransientError

FRAMES_SHOWN = 6


@contextmanager
def without_text() -> Iterator[None]:
    """Lets faults of ours pass. TransientError `unforeseen` in place of any other: its type and the way to it."""
    try:
        yield
    except RcmError:
        raise
    except Exception as fault:  # noqa: BLE001  # raised again, whatever it is
        raise TransientError("unforeseen", f"{type(fault).__name__} at {_way(fault)}") from None


def _way(fault: Exception) -> str:
    frames = traceback.extract_tb(fault.__traceback__)[-FRAMES_SHOWN:]
    return ", ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)
