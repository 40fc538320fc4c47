"""What only this host can be told: section `Local` of the settings file. Azure's own tools ignore the section.

Shape, every key optional:
`{"functionKey": str, "masterKey": str, "maxRequestBytes": int, "stopGraceSeconds": number,
  "eventGrid": {"connection": setting name, "container": str, "pollSeconds": number, "idlePollSeconds": number,
                "concurrency": int, "answerSeconds": number, "retryScale": number, "maxAttempts": int}}`
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, cast

from local.host.errors import HostError

HTTP_REQUEST_LIMIT = 104_857_600  # Azure Functions, "HTTP trigger: Limits"


@dataclass(frozen=True, slots=True)
class EventGridOptions:
    """How arrivals are found and told. Times in seconds; `retry_scale` shortens Event Grid's own back-off."""

    connection: str = "AzureWebJobsStorage"
    container: str = "landing"
    poll_seconds: float = 0.2
    idle_poll_seconds: float = 1.0
    concurrency: int = 16
    answer_seconds: float = 30.0
    retry_scale: float = 0.1
    max_attempts: int = 30


@dataclass(frozen=True, slots=True)
class LocalOptions:
    """Keys of the HTTP functions (made up where none is given), limits, and the Event Grid twin."""

    function_key: str = field(default_factory=secrets.token_urlsafe)
    master_key: str = field(default_factory=secrets.token_urlsafe)
    max_request_bytes: int = HTTP_REQUEST_LIMIT
    stop_grace_seconds: float = 10.0
    event_grid: EventGridOptions = field(default_factory=EventGridOptions)

    @classmethod
    def from_json(cls, section: Mapping[str, Any]) -> "LocalOptions":
        """Reads the section. HostError names a key that nothing knows, or one of the wrong type."""
        members = dict(section)
        event_grid = EventGridOptions(**_members(EventGridOptions, "Local.eventGrid", members.pop("eventGrid", {})))
        return cls(**_members(cls, "Local", members), event_grid=event_grid)


def _members(kind: type, where: str, section: object) -> dict[str, Any]:
    if not isinstance(section, Mapping):
        raise HostError(f"{where} must be a JSON object")
    known = {_camel(member.name): member for member in fields(kind)}
    unknown = sorted(set(section) - set(known))
    if unknown:
        raise HostError(f"{where} has unknown keys {', '.join(unknown)}; known are {', '.join(known)}")
    for key, value in section.items():
        _check_type(f"{where}.{key}", cast("type", known[key].type), value)
    return {known[key].name: value for key, value in section.items()}


def _check_type(where: str, wanted: type, value: object) -> None:
    accepted = (int, float) if wanted is float else wanted
    if isinstance(value, bool) or not isinstance(value, accepted):
        raise HostError(f"{where} must be of type {wanted.__name__}")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
