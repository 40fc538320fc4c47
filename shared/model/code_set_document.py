"""From the JSON of a code set, already checked for shape, to typed values."""

from collections.abc import Mapping
from typing import Any

from shared.model.code_set import (
    ApiQueries,
    CodeApi,
    CodeForm,
    CodeSet,
    CodesSeen,
    DeclaredQueries,
    Keep,
    ReleaseCalendar,
    Slice,
)
from shared.model.duration import read_duration


def read_code_set(document: Mapping[str, Any]) -> CodeSet:
    """The code set of a document that fits code_set.schema.json."""
    refresh = document["refresh"]
    return CodeSet(
        code_set_id=document["code_set_id"],
        title=document["title"],
        active=document["active"],
        origin=document["origin"],
        target_source=document["target_source"],
        refresh=_read_calendar(refresh) if refresh["kind"] == "editions" else _read_queries(refresh),
    )


def _read_calendar(document: Mapping[str, Any]) -> ReleaseCalendar:
    keep = document["keep"]
    return ReleaseCalendar(
        paths={edition["month"]: edition["path"] for edition in document["editions"]},
        member=document["member"],
        columns={name: _read_slice(place) for name, place in document["columns"].items()},
        keep=None if keep is None else Keep(Slice(keep["start"], keep["width"]), frozenset(keep["values"])),
        look_again=read_duration(document["look_again"]),
    )


def _read_slice(document: Mapping[str, Any]) -> Slice:
    return Slice(document["start"], document.get("width"), CodeForm(document.get("form", CodeForm.AS_IS)))


def _read_queries(document: Mapping[str, Any]) -> ApiQueries:
    asks = (
        _read_codes_seen(document["codes_seen"]) if "codes_seen" in document else _read_declared(document["declared"])
    )
    return ApiQueries(CodeApi(document["api"]), document["path"], asks)


def _read_codes_seen(document: Mapping[str, Any]) -> CodesSeen:
    confirm_every = read_duration(document["confirm_every"])
    return CodesSeen(document["list"], document["format"], confirm_every, document["at_most"])


def _read_declared(document: Mapping[str, Any]) -> DeclaredQueries:
    return DeclaredQueries(tuple(document["queries"]), read_duration(document["every"]))
