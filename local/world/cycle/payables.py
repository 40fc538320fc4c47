"""What a hospital owes to doctors, staff and suppliers: monthly invoices, paid a month or two later, some credited."""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from local.world.cycle.calendar import LAST_DAY, MONTH_ENDS

_PAYEES = (
    *(("doctor", f"DOC{number:03d}", 1_800_000) for number in range(1, 9)),
    *(("staff", f"STF{number:03d}", 650_000) for number in range(1, 4)),
    *(("supplier", f"SUP{number:03d}", 4_200_000) for number in range(1, 6)),
)
_CREDIT_SHARE, _UNPAID_SHARE = 0.05, 0.08


class PayableEntry(NamedTuple):
    """A document about a payee: `invoice` adds to what is owed, `credit` and `payment` reduce it; cents."""

    document: str
    payee_type: str
    payee: str
    kind: str
    amount: int
    dated: int
    due: int
    posted: int

    @property
    def change(self) -> int:
        """Cents by which what is owed changes."""
        return self.amount if self.kind == "invoice" else -self.amount


def draw_payables(seed: int, hospital: str) -> Iterator[PayableEntry]:
    """Yield the payables posted in the three years."""
    for month, month_end in enumerate(MONTH_ENDS):
        for payee_type, payee, usual in _PAYEES:
            rng = Random(f"{seed} payable {hospital} {payee} {month}")
            for entry in _documents(rng, f"INV-{payee}-{month:02d}", payee_type, payee, usual, month_end):
                if entry.posted <= LAST_DAY:
                    yield entry


def _documents(
    rng: Random, document: str, payee_type: str, payee: str, usual: int, month_end: int
) -> Iterator[PayableEntry]:
    dated, amount = month_end - rng.randint(0, 20), usual * rng.randint(70, 140) // 100
    due = dated + 30
    yield PayableEntry(document, payee_type, payee, "invoice", amount, dated, due, dated + rng.randint(1, 9))
    if rng.random() < _CREDIT_SHARE:
        credited = amount // 10
        amount -= credited
        yield PayableEntry(document, payee_type, payee, "credit", credited, dated + 12, due, dated + 14)
    if rng.random() >= _UNPAID_SHARE:
        paid = due + rng.randint(-5, 25)
        yield PayableEntry(document, payee_type, payee, "payment", amount, paid, due, paid)
