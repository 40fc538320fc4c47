"""Messages that Service Bus put aside: what may be shown of them, and which ones a drain means."""

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message put aside. `body` is whatever it holds, perhaps not ours: ids are read out of it, it is never shown."""

    queue: str
    sequence_number: int
    message_id: str
    body: bytes
    reason: str
    enqueued_at: datetime

    @property
    def message_type(self) -> str:
        return self._said("type")

    @property
    def file_version_id(self) -> str:
        return self._said("file_version_id")

    def _said(self, name: str) -> str:
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            return ""
        value = body.get(name) if isinstance(body, dict) else None
        return value if isinstance(value, str) else ""


@dataclass(frozen=True, slots=True)
class DeadLetterFilter:
    """Which dead letters are meant; "" passes all."""

    queue: str = ""
    reason: str = ""
    message_type: str = ""
    file_version_id: str = ""

    def wants(self, letter: DeadLetter) -> bool:
        """Whether the letter passes every filter."""
        return all(
            wanted in ("", said)
            for wanted, said in (
                (self.queue, letter.queue),
                (self.reason, letter.reason),
                (self.message_type, letter.message_type),
                (self.file_version_id, letter.file_version_id),
            )
        )


def resubmitted_id(message_id: str, sequence_number: int) -> str:
    """The MessageId of a resubmission: another one than the first, which duplicate detection may still remember, and
    the same however often this very dead letter is resubmitted. Not longer than Service Bus takes."""
    return f"{message_id.partition('~')[0][:100]}~{sequence_number}"
