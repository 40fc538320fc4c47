"""Faults on demand, so that a test sees what a client does when the workspace is throttled, down or mute."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ERROR_CODES = {429: "REQUEST_LIMIT_EXCEEDED", 500: "INTERNAL_ERROR", 503: "TEMPORARILY_UNAVAILABLE"}


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer in place of the true one. With `phase` "after" the request has its effect: only the answer is lost."""

    status: int
    path: str
    phase: str = "before"
    retry_after: int | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    @property
    def body(self) -> Mapping[str, str]:
        return {"error_code": ERROR_CODES.get(self.status, "INTERNAL_ERROR"), "message": "a fault that was asked for"}


class Faults:
    """Faults that wait for a request of their path, each struck once, in the order they were asked for."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def plan(self, fault: Fault, times: int) -> None:
        self._waiting.extend([fault] * times)

    def clear(self) -> None:
        self._waiting.clear()

    def strike(self, path: str) -> Fault | None:
        """Takes the next fault that was planned for this path."""
        for fault in self._waiting:
            if path.endswith(fault.path):
                self._waiting.remove(fault)
                return fault
        return None


def parse_fault(body: Mapping[str, Any]) -> tuple[Fault, int]:
    """`{"status", "path", "phase"?, "retry_after"?, "times"?}`: a fault and how often it strikes; else ValueError."""
    known = {"status", "path", "phase", "retry_after", "times"}
    if (
        body.keys() - known
        or not {"status", "path"} <= body.keys()
        or body.get("phase", "before") not in ("before", "after")
    ):
        raise ValueError(f"a fault has {', '.join(sorted(known))}; phase is before or after")
    fault = Fault(int(body["status"]), str(body["path"]), body.get("phase", "before"), body.get("retry_after"))
    return fault, int(body.get("times", 1))
