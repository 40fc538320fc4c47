"""A log line says what happened and where, never what an exception says."""

import json
import logging
import sys

from local.host.logs import JsonLines


def line(record: logging.LogRecord) -> dict[str, object]:
    content: dict[str, object] = json.loads(JsonLines().format(record))
    return content


def test_fields_stand_beside_the_message() -> None:
    record = logging.makeLogRecord({"name": "n", "levelname": "INFO", "msg": "a %s", "args": ("b",), "created": 0.5})
    record.fields = {"queue": "q"}
    assert line(record) == {
        "at": "1970-01-01T00:00:00.500Z",
        "level": "info",
        "logger": "n",
        "message": "a b",
        "queue": "q",
    }


def test_an_exception_shows_its_type_and_place_only() -> None:
    try:
        dict[str, int]()["the patient's name"]
    except KeyError:
        record = logging.makeLogRecord({"msg": "it failed", "exc_info": sys.exc_info()})
    shown = line(record)
    assert shown["error"] == "KeyError"
    assert "patient's name" not in json.dumps(shown)
    assert "test_logs.py" in str(shown["frames"])
