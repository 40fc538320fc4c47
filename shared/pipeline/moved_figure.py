"""A figure that a file moves, before and after: exact decimals, half up to six places as the lakehouse rounds."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

PLACES = Decimal("0.000001")
PRECISION = 60
NAMED = ("kpi_id", "hospital", "period", "bucket", "dimension", "member")


def moved_figure(row: Mapping[str, Any]) -> dict[str, object]:
    """A row of what was published of a file: sides and value `before` and `after`, amounts as decimal text.

    `value` is None where the denominator is nought: there is no figure then.
    """
    before = (row["numerator"], row["denominator"])
    after = (before[0] + row["numerator_change"], before[1] + row["denominator_change"])
    values = [_value(*sides, row["multiplier"]) for sides in (before, after)]
    return {
        **{name: row[name] for name in NAMED if row[name] is not None},
        "unit": row["unit"],
        "numerator": _both(before[0], after[0]),
        "denominator": _both(before[1], after[1]),
        "value": _both(*values),
    }


def _value(above: Decimal, below: Decimal, multiplier: int) -> Decimal | None:
    if not below:
        return None
    with localcontext(prec=PRECISION):
        return (above * multiplier / below).quantize(PLACES, ROUND_HALF_UP)


def _both(before: Decimal | None, after: Decimal | None) -> dict[str, str | None]:
    return {"before": _shown(before), "after": _shown(after)}


def _shown(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")
