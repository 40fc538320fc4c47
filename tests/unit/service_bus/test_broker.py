import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from local.service_bus import journal as journal_module
from local.service_bus.broker import Broker
from local.service_bus.faults import EntityNotFoundError
from local.service_bus.journal import Journal, JournalError
from local.service_bus.message import Message
from local.service_bus.settings import QueueSettings

Make = Callable[..., Message]

_SETTINGS = {"Requests": QueueSettings(duplicate_window_seconds=600), "others": QueueSettings()}


class Letter:
    """Something that waits to leave; knows what the journal held when it did."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.journal_at_leaving: bytes | None = None

    def flush(self) -> None:
        self.journal_at_leaving = self._path.read_bytes()


def _with_broker[Result](
    folder: Path, use: Callable[[Broker], Result], settings: Mapping[str, QueueSettings] = _SETTINGS
) -> Result:
    """What `use` gives, one turn of a broker later."""

    async def serve() -> Result:
        journal = Journal(folder)
        try:
            broker = Broker(settings, journal, asyncio.get_running_loop())
            result = use(broker)
            broker.close()
            return result
        finally:
            journal.close()

    return asyncio.run(serve())


def _waiting(broker: Broker) -> list[str | None]:
    return [entry.message.message_id for entry in broker.queue("requests").peek(False, 0, broker.now())]


def test_queues_are_found_whatever_their_case(tmp_path: Path) -> None:
    def use(broker: Broker) -> None:
        assert broker.queue("REQUESTS").name == "Requests"
        with pytest.raises(EntityNotFoundError):
            broker.queue("unheard-of")

    _with_broker(tmp_path, use)


def test_nothing_leaves_before_what_it_rests_on_is_written(tmp_path: Path, make_message: Make) -> None:
    letter = Letter(tmp_path / "journal.jsonl")

    def use(broker: Broker) -> None:
        broker.wake(letter)
        broker.queue("requests").send([make_message("a")], broker.now())
        assert letter.journal_at_leaving is None

    _with_broker(tmp_path, use)
    assert letter.journal_at_leaving is not None
    assert b'"message_id":"a"' in letter.journal_at_leaving


def test_a_broker_goes_on_where_the_last_one_ended(tmp_path: Path, make_message: Make) -> None:
    _with_broker(tmp_path, lambda broker: broker.queue("requests").send([make_message("a")], broker.now()))
    _with_broker(tmp_path, lambda broker: broker.queue("requests").send([make_message("b")], broker.now()))
    assert _with_broker(tmp_path, _waiting) == ["a", "b"]


def test_a_journal_that_grew_large_is_rewritten_and_says_the_same(
    tmp_path: Path, make_message: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal_module, "_REWRITE_BYTES", 2000)

    def use(broker: Broker) -> None:
        for number in range(50):
            broker.queue("requests").send([make_message(f"message-{number}")], broker.now())
            if number >= 2:
                broker.queue("requests").remove_next(is_dead=False, now=broker.now())
            broker.end_turn()

    _with_broker(tmp_path, use, {"requests": QueueSettings()})
    assert (tmp_path / "journal.jsonl").stat().st_size < 3000
    assert _with_broker(tmp_path, _waiting) == ["message-48", "message-49"]


def test_a_queue_can_go_once_it_is_empty(tmp_path: Path, make_message: Make) -> None:
    settings = {"requests": QueueSettings()}
    _with_broker(tmp_path, lambda broker: broker.queue("others").send([make_message("a")], broker.now()))
    with pytest.raises(JournalError, match="queue others"):
        _with_broker(tmp_path, _waiting, settings)
    _with_broker(tmp_path, lambda broker: broker.queue("others").remove_next(is_dead=False, now=broker.now()))
    assert _with_broker(tmp_path, _waiting, settings) == []
