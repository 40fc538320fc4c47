"""The hospitals' own books by month: what their finance systems say, faults of the senders aside."""

from collections import defaultdict
from itertools import accumulate

from local.world.accounting.entries import COUNTER_ACCOUNT, Entry
from local.world.cycle.calendar import MONTHS, month_index
from local.world.cycle.payers import share

# Expected to be uncollectible or contractual: basis points of the receivable.
_ALLOWANCE = 5600


class GeneralLedger:
    """Sums entries that stand in the end by month and account."""

    def __init__(self) -> None:
        """Start with nothing."""
        self._sums: defaultdict[tuple[str, str, int], int] = defaultdict(int)

    def add(self, hospital: str, entries: list[Entry]) -> None:
        """Add an account's entries."""
        for entry in entries:
            if entry.known_until is None:
                month = month_index(entry.posted)
                self._sums[hospital, "receivable", month] += entry.ar
                self._sums[hospital, "cash", month] += entry.cash
                self._sums[hospital, COUNTER_ACCOUNT[entry.kind], month] -= entry.ar

    def balances(self, hospital: str) -> list[tuple[str, str, int]]:
        """Return (month, account, cents) as README.md numbers the accounts, in order of month."""
        flows = {
            name: self._by_month(hospital, name) for name in ("receivable", "cash", "4000", "4100", "4200", "4300")
        }
        receivable = list(accumulate(flows["receivable"]))
        rows = []
        for month, name in enumerate(MONTHS):
            gross = -flows["4000"][month]
            deductions = {account: flows[account][month] for account in ("4100", "4200", "4300")}
            balances = {
                "1000": flows["cash"][month],
                "1200": receivable[month],
                "1290": -share(max(0, receivable[month]), _ALLOWANCE),
                "4000": gross,
                **deductions,
                "4900": gross - sum(deductions.values()),
                "5100": self._sums[hospital, "5100", month],
            }
            rows += [(name, account, cents) for account, cents in balances.items()]
        return rows

    def _by_month(self, hospital: str, account: str) -> list[int]:
        return [self._sums[hospital, account, month] for month in range(len(MONTHS))]
