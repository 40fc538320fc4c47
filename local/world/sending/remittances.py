"""Remittances as whole payments: what claims, interest and balances carried forward add up to."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from local.world.cycle.calendar import LAST_DAY
from local.world.cycle.events import ClaimRemitted, PayerTookBack
from local.world.cycle.payers import posting_day
from local.world.cycle.story import AccountStory
from local.world.sending.deliveries import delivery_of
from local.world.sending.rows import Cell, Row, remittance_id

_INTEREST_SHARE = 0.02


@dataclass(slots=True)
class _Sum:
    claims: int = 0
    paid: int = 0
    taken_back: int = 0


class RemittanceBook:
    """Adds up what each payment of a payer to a hospital holds; a few thousand sums, whatever the number of claims."""

    def __init__(self, seed: int) -> None:
        """Start empty; the seed decides which payments carry interest."""
        self._seed = seed
        self._sums: dict[tuple[str, str, int], _Sum] = {}

    def add(self, story: AccountStory) -> None:
        """Count an account's remitted claims and takebacks."""
        for event in story.events:
            if isinstance(event, ClaimRemitted):
                total = self._sum(story.account.hospital, event.payer, event.paid_on)
                total.claims += 1
                total.paid += event.paid
            elif isinstance(event, PayerTookBack):
                self._sum(story.account.hospital, event.payer, event.paid_on).taken_back += event.amount

    def rows(self, hospital: str) -> Iterator[Row]:
        """Yield a hospital's remittances and their interest and forwarded balances.

        A payment is never negative: what claims and takebacks take beyond it is forwarded (FB) to the next.
        """
        carried: dict[str, int] = {}
        for (owner, payer, paid_on), total in sorted(self._sums.items(), key=lambda pair: pair[0][2]):
            if owner == hospital:
                yield from self._payment_rows(hospital, payer, paid_on, total, carried)

    def _payment_rows(
        self, hospital: str, payer: str, paid_on: int, total: _Sum, carried: dict[str, int]
    ) -> Iterator[Row]:
        rng = Random(f"{self._seed} remittance {hospital} {payer} {paid_on}")
        interest = -rng.randint(100, 2500) if rng.random() < _INTEREST_SHARE else 0
        due = total.paid - total.taken_back - interest - carried.get(payer, 0)
        forwarded = carried.get(payer, 0) + min(due, 0)
        carried[payer] = -min(due, 0)
        posted = posting_day(paid_on)
        assert posted <= LAST_DAY, "an unposted remittance has no events"
        for reason, amount in (("L6", interest), ("FB", forwarded)):
            if amount:
                yield Row("provider_adjustment", delivery_of(posted), _plb(payer, paid_on, posted, reason, amount))
        amount = max(due, 0)
        method = "ACH" if amount else "NON"
        cells = (remittance_id(payer, paid_on), payer, paid_on, posted, method, str(total.claims), amount)
        yield Row("remittance", delivery_of(posted), cells)

    def _sum(self, hospital: str, payer: str, paid_on: int) -> _Sum:
        return self._sums.setdefault((hospital, payer, paid_on), _Sum())


def _plb(payer: str, paid_on: int, posted: int, reason: str, amount: int) -> tuple[Cell, ...]:
    remittance = remittance_id(payer, paid_on)
    return f"{remittance}-{reason}", remittance, payer, paid_on, posted, reason, None, None, amount
