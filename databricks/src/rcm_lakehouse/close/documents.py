"""A period as it is published: JSON values, amounts as decimal text."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from rcm_lakehouse.close.breaks import Break
from rcm_lakehouse.close.figures import Figure
from rcm_lakehouse.close.locks import Lock
from rcm_lakehouse.close.months import last_day
from rcm_lakehouse.close.tie_out import Line, Period
from rcm_lakehouse.close.variance import Explained, remainder
from rcm_lakehouse.report import instant


def period_document(
    of: Period, lines: Iterable[Line], breaks: Iterable[Break], lock: Lock | None, explained: Iterable[Explained]
) -> dict[str, Any]:
    """The period: whether it ties out and why not; its books, the restated view and, once signed, every variance.

    `remainder` is what the variance lines leave unexplained of the movements: 0.00.
    """
    told, reasons = list(lines), list(explained)
    document: dict[str, Any] = {
        "hospital": of.hospital,
        "period": of.period,
        "as_of": last_day(of.period).isoformat(),
        "ties_out": all(line.holds for line in told),
        "tie_out": [_line(line) for line in told],
        "breaks": [_plain(asdict(one)) for one in breaks],
        "figures": [_figure(figure) for figure in of.figures],
        "aged_trial_balance": [
            _plain({name: getattr(part, name) for name in ("whose", "age", "debit", "credit")}) for part in of.aged
        ],
    }
    if lock:
        document |= {
            "locked_at": instant(lock.locked_at),
            "signed_by": lock.signed_by,
            "variance": [_plain(asdict(one)) for one in reasons],
            "remainder": _text(remainder(of.figures, reasons)),
        }
    return document


def _line(line: Line) -> dict[str, Any]:
    amounts = {"expected": line.expected, "found": line.found, "difference": line.difference}
    return {"check": line.check, "of": line.of, **_plain(amounts), "holds": line.holds}


def _figure(figure: Figure) -> dict[str, Any]:
    return _plain({**asdict(figure), "variance": figure.variance})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def _text(amount: Decimal) -> str:
    return format(amount, "f")
