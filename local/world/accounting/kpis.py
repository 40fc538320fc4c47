"""KPIs of each month from the sums: value = numerator x multiplier / denominator. KPIS.md says what each means."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.world.accounting.cohorts import DELAYS
from local.world.accounting.measures import BUCKETS, AgedSplit
from local.world.accounting.tally import WHOLE, Slice, Tally
from local.world.cycle.calendar import MONTH_ENDS, MONTHS

_NAMES = (*(name for _, name in BUCKETS), "over_120")
_OVER_90 = ("91-120", "over_120")
_WINDOW = 90


@dataclass(frozen=True, slots=True)
class Kpi:
    """One measure of a month: integers (cents or counts), the unit of the value, and the bucket or cause if any."""

    kpi_id: str
    month: int
    bucket: str
    unit: str
    numerator: int
    denominator: int
    multiplier: int = 1

    @property
    def value(self) -> str | None:
        """The quotient to six places, half up (away from nought); None where the denominator is nought."""
        if self.denominator == 0:
            return None
        dividend, divisor = self.numerator * self.multiplier, self.denominator
        millionths = (2 * abs(dividend) * 10**6 + abs(divisor)) // (2 * abs(divisor))
        sign = "-" if millionths and (dividend < 0) != (divisor < 0) else ""
        return f"{sign}{millionths // 10**6}.{millionths % 10**6:06d}"


class KpiBook:
    """The KPIs of one hospital, view and slice."""

    def __init__(self, tally: Tally, general_ledger: dict[tuple[str, str], int], view: int, hospital: str) -> None:
        """Take the sums, and the hospital's general ledger by (month, account)."""
        self._tally, self._general_ledger = tally, general_ledger
        self._view, self._hospital = view, hospital
        self._splits = [AgedSplit.read(split) for split in tally.splits("billed_ar")]
        self._causes = [split for split in tally.splits("cohort_responsible") if split]

    def month(self, month: int, part: Slice = WHOLE) -> Iterator[Kpi]:
        """Yield every KPI of a month; those by payer group, cause or general ledger for the whole hospital only."""
        yield from self._receivables(month, part)
        yield from self._aged(month, part)
        yield from self._claims(month, part)
        yield from self._collections(month, part)
        yield from self._patients(month, part)
        if part == WHOLE:
            yield from self._net_revenue(month)

    def _figure(self, name: str, month: int, part: Slice, split: str = "") -> int:
        return self._tally.figure(self._view, self._hospital, part, (name, split, month))

    def _ratio(self, kpi_id: str, month: int, part: Slice, numerator: str, denominator: str) -> Kpi:
        amounts = (self._figure(name, month, part) for name in (numerator, denominator))
        return Kpi(kpi_id, month, "", "ratio", *amounts)

    def _receivables(self, month: int, part: Slice) -> Iterator[Kpi]:
        last = MONTH_ENDS[month]
        charges = self._tally.charges_between(self._view, self._hospital, part, last - _WINDOW + 1, last)
        debits, unbilled, unsubmitted = (
            self._figure(name, month, part) for name in ("debit_balances", "not_final_billed", "not_submitted")
        )
        yield Kpi("gross_days_in_ar", month, "", "days", debits, charges, _WINDOW)
        yield Kpi("days_dnfb", month, "", "days", unbilled, charges, _WINDOW)
        yield Kpi("days_fbns", month, "", "days", unsubmitted, charges, _WINDOW)
        yield Kpi("days_dnsp", month, "", "days", unbilled + unsubmitted, charges, _WINDOW)
        yield self._ratio("late_charge_share", month, part, "late_charges", "positive_charges")
        yield self._ratio("bad_debt_share", month, part, "bad_debt_transfer", "charges")
        yield self._ratio("charity_share", month, part, "charity", "charges")

    def _aged(self, month: int, part: Slice) -> Iterator[Kpi]:
        """Billed A/R by age from discharge: of all, of insurers, of patients, of each payer group."""
        amounts = [(split, self._figure("billed_ar", month, part, split.text)) for split in self._splits]
        yield from _aged_rows("aged_ar", "all", month, [(split.age, cents) for split, cents in amounts])
        groups = ("medicare", "medicaid", "commercial") if part == WHOLE else ()
        for wanted in ("insurer", *groups, "patient"):
            chosen = [(split.age, cents) for split, cents in amounts if wanted in {split.whose, split.group}]
            yield from _aged_rows("aged_ar", wanted, month, chosen)
        patients = [(name, self._figure("patient_ar", month, part, name)) for name in _NAMES]
        yield from _aged_rows("aged_ar_from_responsibility", "patient", month, patients)

    def _claims(self, month: int, part: Slice) -> Iterator[Kpi]:
        yield self._ratio("clean_claim_rate", month, part, "cohort_passed", "cohort_edited")
        yield self._ratio("remittance_denial_rate", month, part, "claims_denied", "claims_remitted")
        yield self._ratio("first_pass_rate", month, part, "cohort_first_pass", "claims_submitted")
        yield self._ratio("claim_status_denial_rate", month, part, "cohort_status_denied", "cohort_status_adjudicated")
        if month >= 3:
            before = range(month - 3, month)
            claims = sum(self._figure("claims_submitted", m, part) for m in before)
            amount = sum(self._figure("submitted_amount", m, part) for m in before)
            denied, cents = (self._figure(name, month, part) for name in ("first_denials", "first_denied_amount"))
            yield Kpi("initial_denial_rate", month, "number", "ratio", denied, claims, 3)
            yield Kpi("initial_denial_rate", month, "amount", "ratio", cents, amount, 3)

    def _collections(self, month: int, part: Slice) -> Iterator[Kpi]:
        cash, charges, contractual = (
            self._figure(f"cohort_{name}", month, part) for name in ("cash", "charges", "contractual")
        )
        yield Kpi("gross_collection_rate", month, "", "ratio", cash, charges)
        yield Kpi("net_collection_rate", month, "", "ratio", cash, charges - contractual)

    def _patients(self, month: int, part: Slice) -> Iterator[Kpi]:
        for split in ("", *(self._causes if part == WHOLE else ())):
            owed, paid = (self._figure(f"cohort_{name}", month, part, split) for name in ("responsible", "collected"))
            yield Kpi("patient_pay_collected", month, split, "ratio", paid, owed)
            yield Kpi("patient_pay_uncollected", month, split, "ratio", owed - paid, owed)
            for days in DELAYS:
                late = self._figure(f"cohort_delayed_{days}", month, part, split)
                yield Kpi("patient_pay_delayed", month, f"{split}|{days}".lstrip("|"), "ratio", late, owed)

    def _net_revenue(self, month: int) -> Iterator[Kpi]:
        """The measures over net patient service revenue, which only the general ledger knows."""
        revenue, receivable = self._booked("4900", month), self._booked("1200", month) + self._booked("1290", month)
        wrote_off, cash, owed_back = (
            self._figure(name, month, WHOLE) for name in ("denial_write_off", "cash", "credit_balances")
        )
        yield Kpi("denial_write_off_share", month, "", "ratio", wrote_off, revenue)
        yield Kpi("cash_share_of_net_revenue", month, "", "ratio", cash, revenue)
        yield Kpi("revenue_per_visit", month, "", "cents", revenue, self._figure("encounters", month, WHOLE))
        if month >= 2:
            quarter = sum(self._booked("4900", m) for m in range(month - 2, month + 1))
            days = MONTH_ENDS[month] - (MONTH_ENDS[month - 3] if month >= 3 else MONTH_ENDS[0] - 31)
            yield Kpi("net_days_in_ar", month, "", "days", receivable, quarter, days)
            yield Kpi("net_days_in_credit_balance", month, "", "days", owed_back, quarter, days)

    def _booked(self, account: str, month: int) -> int:
        return self._general_ledger[MONTHS[month], account]


def _aged_rows(kpi_id: str, whose: str, month: int, amounts: list[tuple[str, int]]) -> Iterator[Kpi]:
    total = sum(cents for _, cents in amounts)
    for name in _NAMES:
        yield Kpi(kpi_id, month, f"{whose}|{name}", "ratio", sum(c for n, c in amounts if n == name), total)
    over_90 = sum(cents for name, cents in amounts if name in _OVER_90)
    yield Kpi(kpi_id, month, f"{whose}|over_90", "ratio", over_90, total)
