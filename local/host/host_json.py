"""host.json: the limits this host keeps, with Azure's defaults."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.host.errors import HostError

TIME_SPAN = re.compile(r"(?:(\d+)\.)?(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class HostLimits:
    """Times in seconds. `function_timeout` is None where host.json says -1: unbounded."""

    route_prefix: str = "api"
    function_timeout: float | None = 1800.0
    max_concurrent_calls: int = 16
    max_message_batch_size: int = 1000
    max_auto_lock_renewal: float = 300.0

    @classmethod
    def from_app(cls, app_directory: Path) -> "HostLimits":
        """Reads `host.json` of the app. HostError if it is missing, not JSON, or not of version 2.0."""
        path = app_directory / "host.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise HostError(f"{path} cannot be read: {type(error).__name__}") from None
        if not isinstance(content, dict) or content.get("version") != "2.0":
            raise HostError(f'{path} must say "version": "2.0"')
        return cls._from_json(content)

    @classmethod
    def _from_json(cls, content: dict[str, Any]) -> "HostLimits":
        extensions = content.get("extensions", {})
        http, bus = extensions.get("http", {}), extensions.get("serviceBus", {})
        renewal = _seconds("maxAutoLockRenewalDuration", bus.get("maxAutoLockRenewalDuration", "00:05:00"))
        return cls(
            route_prefix=str(http.get("routePrefix", "api")).strip("/"),
            function_timeout=_seconds("functionTimeout", content.get("functionTimeout", "00:30:00")),
            max_concurrent_calls=int(bus.get("maxConcurrentCalls", 16)),
            max_message_batch_size=int(bus.get("maxMessageBatchSize", 1000)),
            max_auto_lock_renewal=renewal or 300.0,
        )


def _seconds(name: str, text: object) -> float | None:
    if str(text) == "-1":
        return None
    match = TIME_SPAN.fullmatch(str(text))
    if match is None:
        raise HostError(f"host.json: {name} must be a time span hh:mm:ss")
    days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
