"""The message ids that were seen lately."""

from collections.abc import Iterator


class DuplicateHistory:
    """Knows an id for `window` milliseconds after it was first seen; a repetition does not lengthen that."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._seen: dict[str, tuple[int, int]] = {}

    def number_of(self, message_id: str, now: int) -> int | None:
        """The sequence number under which the id was accepted within the window; None where it was not."""
        self._forget(now)
        seen = self._seen.get(message_id)
        return None if seen is None else seen[0]

    def remember(self, message_id: str, number: int, at: int) -> None:
        """Counts the id as seen at an instant, which is the latest of all."""
        self._seen.pop(message_id, None)
        self._seen[message_id] = (number, at)

    def __iter__(self) -> Iterator[tuple[str, int, int]]:
        """Id, sequence number and instant of all that is known, oldest first."""
        return ((message_id, number, at) for message_id, (number, at) in self._seen.items())

    def _forget(self, now: int) -> None:
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest][1] + self._window > now:
                return
            del self._seen[oldest]
