import json
from pathlib import Path

import pytest

from local.service_bus.settings import QueueSettings, SettingsError, read_settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "queues.json"


def test_a_queue_says_only_what_it_wants_otherwise(path: Path) -> None:
    path.write_text(json.dumps({"queues": {"a": {}, "b": {"lock_seconds": 1.5, "default_ttl_seconds": None}}}))
    assert read_settings(path) == {"a": QueueSettings(), "b": QueueSettings(lock_seconds=1.5)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "not JSON"),
        ("[]", "one object"),
        ('{"queues": {}}', "at least one queue"),
        ('{"queues": {"a": {}}, "topics": {}}', "nothing else"),
        ('{"queues": {"a": []}}', "queue a: known settings are lock_seconds"),
        ('{"queues": {"a": {"lock": 5}}}', "queue a: known settings are lock_seconds"),
        ('{"queues": {"a": {"lock_seconds": 0}}}', "queue a: lock_seconds must be a number above 0"),
        ('{"queues": {"a": {"lock_seconds": null}}}', "queue a: lock_seconds"),
        ('{"queues": {"a": {"max_delivery_count": "10"}}}', "queue a: max_delivery_count"),
        ('{"queues": {"a": {"max_delivery_count": 2.5}}}', "queue a: max_delivery_count must be a whole number"),
        ('{"queues": {"a": {"lock_seconds": Infinity}}}', "queue a: lock_seconds"),
        ('{"queues": {"a": {"lock_seconds": NaN}}}', "queue a: lock_seconds"),
        ('{"queues": {"a": {}, "A": {}}}', "two queues have one name"),
        ('{"queues": {"a": {"duplicate_window_seconds": true}}}', "queue a: duplicate_window_seconds"),
    ],
)
def test_a_configuration_that_makes_no_sense_is_refused_with_the_place(path: Path, text: str, told: str) -> None:
    path.write_text(text)
    with pytest.raises(SettingsError, match=told):
        read_settings(path)
