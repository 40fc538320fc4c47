"""Faults on demand: what a code API may do wrong, for the next so many requests below a path."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

KINDS = ("status", "errors", "html", "redirect", "changed_total", "repeated_page", "empty_page", "small_set", "drop")


@dataclass(frozen=True, slots=True)
class Fault:
    """`after` requests are answered well first, `times` are not; `status` and `retry_after` belong to kind "status"."""

    kind: str
    path: str = "/"
    after: int = 0
    times: int = 1
    status: int = 503
    retry_after: str = ""

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, Any]) -> Self:
        """ValueError names an unknown kind; TypeError an unknown key."""
        fault = cls(**mapping)
        if fault.kind not in KINDS:
            raise ValueError(f"kind {fault.kind}; known are {', '.join(KINDS)}")
        return fault


class Faults:
    """Those that are still to happen, in order; each request meets at most one."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        self._waiting.append(fault)

    def clear(self) -> None:
        self._waiting.clear()

    def meet(self, path: str) -> Fault | None:
        """The fault that this request meets, if any."""
        for place, fault in enumerate(self._waiting):
            if not path.startswith(fault.path):
                continue
            if fault.after:
                self._waiting[place] = replace(fault, after=fault.after - 1)
                return None
            self._waiting[place : place + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
            return fault
        return None
