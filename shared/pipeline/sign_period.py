"""Whether a period may be signed, and how a period stands: decided from what is published and what is signed."""

from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from shared.errors import RequestRefusedError
from shared.model.instant import to_wire
from shared.model.period import Lock

type Published = Mapping[str, Any]
"""A period as `close.json` of an edition has it."""


class PeriodStatus(StrEnum):
    """How a period stands."""

    OPEN = "open"
    TIE_OUT_FAILED = "tie_out_failed"
    SIGNED = "signed"


def refuse_unsignable(
    period: str, published: Mapping[str, Published], signed: Collection[str], today: date
) -> Published:
    """The published period when it may be signed; else RequestRefusedError, 409 or 404, with the reason.

    `published` and `signed` are of the period's hospital, by month. Periods are signed in their order, once each, when
    they are over and everything in them ties out.
    """
    if period in signed:
        raise RequestRefusedError("period_signed", "it was signed before", 409)
    if period not in published:
        raise RequestRefusedError("unknown_period", "nothing of it is published", 404)
    if last_day(period) >= today:
        raise RequestRefusedError("period_not_over", "it can be signed from the next day on", 409)
    if any(later > period for later in signed):
        raise RequestRefusedError("later_period_signed", "what is left open before it stays so", 409)
    if earlier := sorted(month for month in published.keys() - set(signed) if month < period):
        raise RequestRefusedError("earlier_period_open", f"{earlier[0]} comes first", 409)
    if not published[period]["ties_out"]:
        raise RequestRefusedError(
            "tie_out_failed", "see differences", 409, {"differences": _differences(published[period])}
        )
    return published[period]


def describe_period(hospital: str, period: str, published: Published | None, lock: Lock | None) -> dict[str, object]:
    """A period as it is answered: published figures, and by whom and when it was signed.

    `reproduces` says whether the books of the newest edition still give what was signed; None while none has it.
    """
    said = dict(published or {})
    ties_out = said.get("ties_out")
    unsigned = PeriodStatus.TIE_OUT_FAILED if ties_out is False else PeriodStatus.OPEN
    said |= {"hospital": hospital, "period": period, "status": (PeriodStatus.SIGNED if lock else unsigned).value}
    if lock:
        said["signed"] = {
            "signed_by": lock.signature.signed_by,
            "note": lock.signature.note,
            "locked_at": to_wire(lock.locked_at),
            "edition": lock.edition,
            "figures": dict(lock.figures),
            "reproduces": books(published) == lock.figures if published else None,
        }
    return said


def books(published: Published) -> dict[str, str]:
    """The amounts in the books by figure, as a signature keeps them."""
    return {f"{each['account_group']}.{each['measure']}": str(each["books"]) for each in published["figures"]}


def last_day(period: str) -> date:
    """The last day of a month."""
    year, month = int(period[:4]), int(period[5:])
    return date(year, month, monthrange(year, month)[1])


def _differences(published: Published) -> list[Any]:
    return [line for line in published["tie_out"] if not line["holds"]] + list(published.get("breaks", []))
