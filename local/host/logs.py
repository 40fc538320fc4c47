"""One JSON object a line on standard error: what, where, how long. Never a payload, never an exception's text."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.host.worker import current_invocation_id

QUIET = ("azure", "azure_functions_runtime", "aiohttp", "asyncio")  # they log addresses, payload sizes, every call


class JsonLines(logging.Formatter):
    """Formats a record; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        invocation_id = current_invocation_id()
        if invocation_id:
            line["invocation_id"] = invocation_id
        if record.exc_info and record.exc_info[0]:
            line |= {"error": record.exc_info[0].__name__, "frames": _frames(record.exc_info[1])}
        return json.dumps(line | getattr(record, "fields", {}))


def set_up_logs() -> None:
    """Sends every logger of the process to standard error; libraries speak from warnings up."""
    sink = logging.StreamHandler(sys.stderr)
    sink.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[sink], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _frames(error: BaseException | None) -> list[str]:
    if error is None:
        return []
    stack = traceback.extract_tb(error.__traceback__)
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in stack]
