"""Reads which dead letters a listing or a drain means, and what is to become of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import RequestRefusedError
from shared.model.dead_letter import DeadLetterFilter
from shared.pipeline.read_request import json_object, printable

FILTERS = ("queue", "reason", "message_type", "file_version_id")
ACTIONS = ("resubmit", "drop")
MOST_CHARACTERS = 128


@dataclass(frozen=True, slots=True)
class Drain:
    """What a person asked for."""

    filter: DeadLetterFilter
    action: str
    is_dry_run: bool


def read_filter(said: Mapping[str, object]) -> DeadLetterFilter:
    """The filters in a query. RequestRefusedError names what is wrong; it never quotes it."""
    _refuse_unknown(said, {*FILTERS, "code"})
    return DeadLetterFilter(*(printable(said, name, MOST_CHARACTERS) for name in FILTERS))


def read_drain(body: bytes) -> Drain:
    """The drain in a request's body. Dropping takes a filter: all at once is no slip of the hand."""
    said = json_object(body)
    _refuse_unknown(said, {*FILTERS, "action", "dry_run"})
    action, is_dry_run = said.get("action", "resubmit"), said.get("dry_run", False)
    if action not in ACTIONS:
        raise RequestRefusedError("unknown_action", f"known are {', '.join(ACTIONS)}")
    if not isinstance(is_dry_run, bool):
        raise RequestRefusedError("bad_dry_run", "true or false")
    wanted = DeadLetterFilter(*(printable(said, name, MOST_CHARACTERS) for name in FILTERS))
    if action == "drop" and wanted == DeadLetterFilter():
        raise RequestRefusedError("filter_missing", f"say which to drop, by {', '.join(FILTERS)}")
    return Drain(wanted, action, is_dry_run)


def _refuse_unknown(said: Mapping[str, object], known: set[str]) -> None:
    if said.keys() - known:
        raise RequestRefusedError("unknown_field", f"known are {', '.join(sorted(known - {'code'}))}")
