"""The dead letters of a `FakeMessageBus`, as a person sees them."""

from collections.abc import Collection

from shared.errors import ConfigurationError
from shared.model.dead_letter import DeadLetter, resubmitted_id
from shared.testing.fake_message_bus import FakeMessageBus, Held
from shared.testing.gate import through


class FakeDeadLetters:
    """Fulfils `DeadLetters`."""

    def __init__(self, bus: FakeMessageBus) -> None:
        self.bus = bus

    def peek(self, queue: str, after: int = 0, most: int = 100) -> list[DeadLetter]:
        with through(self.bus.gate, "dead_letters.peek"):
            held = [held for held in self._held(queue) if held.sequence_number > after]
            return [_to_letter(one) for one in sorted(held, key=lambda one: one.sequence_number)[:most]]

    def resubmit(self, queue: str, sequence_numbers: Collection[int]) -> int:
        taken = [held for held in self._held(queue) if held.sequence_number in sequence_numbers]
        for held in taken:
            message_id = resubmitted_id(held.message_id, held.sequence_number)
            with through(self.bus.gate, "dead_letters.send"):
                self.bus.accept_again(held, message_id)
            self._let_go(held)
        return len(taken)

    def drop(self, queue: str, sequence_numbers: Collection[int]) -> int:
        taken = [held for held in self._held(queue) if held.sequence_number in sequence_numbers]
        for held in taken:
            self._let_go(held)
        return len(taken)

    def _let_go(self, held: Held) -> None:
        with through(self.bus.gate, "dead_letters.complete"):
            self.bus.dead_letters[held.queue].remove(held)

    def _held(self, queue: str) -> list[Held]:
        if queue not in self.bus.dead_letters:
            raise ConfigurationError("queue_missing", f"queue {queue}")
        return self.bus.dead_letters[queue]


def _to_letter(held: Held) -> DeadLetter:
    reason = held.dead_letter_reason
    return DeadLetter(held.queue, held.sequence_number, held.message_id, held.body, reason, held.available_at)
