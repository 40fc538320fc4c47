"""Reads which figure is to be traced, and which of its rows.

A row is named by its number among those of the figure: a key may carry PHI, and hosts and proxies keep URLs.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from shared.errors import RequestRefusedError

SIDES = ("numerator", "denominator")
DIMENSIONS = ("payer", "department", "provider", "service_line")
KNOWN = ("kpi_id", "hospital", "period", "bucket", "dimension", "member", "side", "limit", "page", "row")
MOST = 500
NAME = re.compile(r"[a-z0-9_]{1,100}")
PERIOD = re.compile(r"\d{4}-(0[1-9]|1[0-2])|undated")
NUMBER = re.compile(r"\d{1,9}")


@dataclass(frozen=True, slots=True)
class TraceQuery:
    """A side of a figure. `bucket` None: the whole, or the headline. `only`: the dimension's member, none: everybody.

    Rows are numbered from 0; `row`: this one, with what is on file behind it.
    """

    kpi_id: str
    hospital: str
    period: str
    bucket: str | None
    only: Mapping[str, str]
    side: str
    start: int
    limit: int
    row: int | None


def read_trace_query(query: Mapping[str, str]) -> TraceQuery:
    """RequestRefusedError names what is wrong; it never quotes it."""
    if query.keys() - {*KNOWN, "code"}:
        raise RequestRefusedError("unknown_filter", f"known filters are {', '.join(KNOWN)}")
    if ("dimension" in query) != ("member" in query) or query.get("dimension", "payer") not in DIMENSIONS:
        raise RequestRefusedError("bad_slice", f"dimension, one of {', '.join(DIMENSIONS)}, and member, or neither")
    if query.get("side", "numerator") not in SIDES:
        raise RequestRefusedError("bad_side", "numerator or denominator")
    row = _number(query, "row", 0) if "row" in query else None
    start, limit = _page(query)
    return TraceQuery(
        kpi_id=_named(query, "kpi_id", NAME),
        hospital=_named(query, "hospital", NAME),
        period=_named(query, "period", PERIOD),
        bucket=query.get("bucket") or None,
        only={query["dimension"]: query["member"]} if "dimension" in query else {},
        side=query.get("side", "numerator"),
        start=start if row is None else row,
        limit=limit if row is None else 1,
        row=row,
    )


def read_page(query: Mapping[str, str]) -> tuple[int, int]:
    """Where a listing that has no other filters starts, and how many it is to tell."""
    if query.keys() - {"limit", "page", "code"}:
        raise RequestRefusedError("unknown_filter", "known filters are limit, page")
    return _page(query)


def _page(query: Mapping[str, str]) -> tuple[int, int]:
    limit = _number(query, "limit", 100)
    if not 1 <= limit <= MOST:
        raise RequestRefusedError("bad_limit", f"1 to {MOST}")
    return _number(query, "page", 0), limit


def _named(query: Mapping[str, str], name: str, form: re.Pattern[str]) -> str:
    if not form.fullmatch(query.get(name, "")):
        raise RequestRefusedError(f"bad_{name}", "say kpi_id, hospital and period, as in the answer of kpis")
    return query[name]


def _number(query: Mapping[str, str], name: str, otherwise: int) -> int:
    if name not in query:
        return otherwise
    if not NUMBER.fullmatch(query[name]):
        raise RequestRefusedError(f"bad_{name}", "a whole number")
    return int(query[name])
