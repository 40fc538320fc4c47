"""What a queue is told to be: read from the configuration file, closed, and checked for sense."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from math import inf
from pathlib import Path

# The standard tier: a message with all its properties, or a batch of them, takes 256 KB at most.
MAX_MESSAGE_BYTES = 256 * 1024


class SettingsError(ValueError):
    """A configuration this broker cannot go by; the message names the key and what is known."""


@dataclass(frozen=True, slots=True)
class QueueSettings:
    """One queue. `duplicate_window_seconds` None: no duplicate detection; `default_ttl_seconds` None: no expiry."""

    lock_seconds: float = 30
    max_delivery_count: int = 10
    duplicate_window_seconds: float | None = None
    default_ttl_seconds: float | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is None and each.name in _OPTIONAL:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < inf:
                raise SettingsError(f"{each.name} must be a number above 0")
        if not isinstance(self.max_delivery_count, int):
            raise SettingsError("max_delivery_count must be a whole number")


_OPTIONAL = {"duplicate_window_seconds", "default_ttl_seconds"}


def read_settings(path: Path) -> dict[str, QueueSettings]:
    """The queues of a configuration file `{"queues": {name: {setting: value}}}`, by name.

    Raises SettingsError for anything else in it, and OSError where it cannot be read.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SettingsError(f"{path} is not JSON: {error}") from error
    match document:
        case {"queues": dict(queues), **others} if queues and not others:
            if len({name.lower() for name in queues}) < len(queues):
                raise SettingsError("two queues have one name: case does not count")
            return {name: _queue_settings(name, given) for name, given in queues.items()}
    raise SettingsError(f"{path} must hold one object `queues`, with at least one queue, and nothing else")


def _queue_settings(name: str, given: object) -> QueueSettings:
    known = [each.name for each in fields(QueueSettings)]
    if not isinstance(given, Mapping) or not given.keys() <= set(known):
        raise SettingsError(f"queue {name}: known settings are {', '.join(known)}")
    try:
        return QueueSettings(**given)
    except SettingsError as error:
        raise SettingsError(f"queue {name}: {error}") from error
