"""The store of envelopes keeps the newest and stays small."""

from pathlib import Path

from local.telemetry_sink.envelopes import EnvelopeStore


def envelope(number: int, base_type: str = "MessageData") -> dict[str, object]:
    return {"number": number, "data": {"baseType": base_type}}


def test_envelopes_come_back_in_order_and_by_type(tmp_path: Path) -> None:
    store = EnvelopeStore(tmp_path)
    store.add([envelope(1), envelope(2, "MetricData"), envelope(3)])
    assert [kept["number"] for kept in EnvelopeStore(tmp_path).read()] == [1, 2, 3]
    assert [kept["number"] for kept in store.read("MetricData")] == [2]


def test_the_oldest_are_forgotten_beyond_the_bound(tmp_path: Path) -> None:
    store = EnvelopeStore(tmp_path, file_bytes=1, files=3)
    for number in range(12):
        store.add([envelope(number)])
    assert [kept["number"] for kept in store.read()] == [9, 10, 11]
    assert len(list(tmp_path.iterdir())) == 3
