"""The KPIs that work on claim files, from the delivered rows and the definitions' sentences, in plain Python."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from deliveries import Cells

BUCKETS = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (120, "91-120"))

type Figures = dict[tuple[str, str, str, str | None], tuple[Decimal, Decimal]]
"""(KPI, hospital, period, bucket) to numerator and denominator; the multiplier is not in them."""


def figures(
    hospital: str, claims: Sequence[Cells], transactions: Sequence[Cells], encounters: Sequence[Cells], as_of: date
) -> Figures:
    """Every figure of one hospital, each key of the files counted once."""
    found: Figures = {}
    found |= _receivable(hospital, claims, as_of)
    found |= _denials(hospital, claims, as_of)
    found |= _collection(hospital, claims, as_of)
    found |= _per_visit(hospital, transactions, encounters, as_of)
    return found


def cents(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _receivable(hospital: str, claims: Sequence[Cells], as_of: date) -> Figures:
    period = as_of.isoformat()[:7]
    owed: dict[str, Decimal] = defaultdict(Decimal)
    charged = Decimal(0)
    for claim in claims:
        made = date.fromisoformat(claim["ClaimDate"])
        if made > as_of:
            continue
        if made > as_of - timedelta(days=90):
            charged += cents(claim["ClaimAmount"])
        if claim["ClaimStatus"] != "Rejected":
            owed[_bucket((as_of - made).days)] += cents(claim["ClaimAmount"]) - _counted_payment(claim)
    total = sum(owed.values(), Decimal(0))
    old = owed["91-120"] + owed["over_120"]
    found: Figures = {("aged_ar", hospital, period, None): (old, total)}
    found |= {("aged_ar", hospital, period, bucket): (amount, total) for bucket, amount in owed.items()}
    found["gross_days_in_ar", hospital, period, None] = (total, charged)
    return found


def _denials(hospital: str, claims: Sequence[Cells], as_of: date) -> Figures:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for claim in claims:
        if date.fromisoformat(claim["ClaimDate"]) > as_of:
            continue
        month = counts[claim["ClaimDate"][:7]]
        month[0] += claim["ClaimStatus"] == "Denied"
        month[1] += claim["ClaimStatus"] in ("Denied", "Paid", "Approved")
    return _by_month("claim_status_denial_rate", hospital, counts)


def _collection(hospital: str, claims: Sequence[Cells], as_of: date) -> Figures:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for claim in claims:
        if date.fromisoformat(claim["ServiceDate"]) <= as_of:
            sums[claim["ServiceDate"][:7]][0] += _counted_payment(claim)
            sums[claim["ServiceDate"][:7]][1] += cents(claim["ClaimAmount"])
    return _by_month("gross_collection_rate", hospital, sums)


def _per_visit(hospital: str, transactions: Sequence[Cells], encounters: Sequence[Cells], as_of: date) -> Figures:
    seen = {one["EncounterID"]: one["EncounterDate"] for one in encounters}
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for day in seen.values():
        if date.fromisoformat(day) <= as_of:
            sums[day[:7]][1] += 1
    for one in transactions:
        met = seen.get(one["EncounterID"])
        if met and date.fromisoformat(met) <= as_of:
            sums[met[:7]][0] += min(cents(one["PaidAmount"]), cents(one["Amount"]))
    return _by_month("revenue_per_visit", hospital, sums)


def _by_month(kpi_id: str, hospital: str, months: dict[str, list[Decimal]] | dict[str, list[int]]) -> Figures:
    return {(kpi_id, hospital, month, None): (Decimal(up), Decimal(down)) for month, (up, down) in months.items()}


def _counted_payment(claim: Cells) -> Decimal:
    if claim["ClaimStatus"] not in ("Paid", "Approved"):
        return Decimal(0)
    return min(cents(claim["PaidAmount"]), cents(claim["ClaimAmount"]))


def _bucket(days: int) -> str:
    return next((name for limit, name in BUCKETS if days <= limit), "over_120")
