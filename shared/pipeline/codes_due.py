"""Which of the codes seen are to be asked for now."""

from collections.abc import Iterable, Mapping
from datetime import date

from shared.model.code_set import CodesSeen
from shared.pipeline.schema.formats import FORMATS


def codes_due(asks: CodesSeen, seen: Iterable[str], confirmed: Mapping[str, date], today: date) -> list[str]:
    """Codes never confirmed first, then those confirmed longest ago; what can't be such a code is never asked for."""
    may_be = FORMATS[asks.format]
    due = [
        (confirmed.get(code, date.min), code)
        for code in set(seen)
        if may_be(code) and (code not in confirmed or today - confirmed[code] >= asks.confirm_every)
    ]
    return [code for _, code in sorted(due)[: asks.at_most]]
