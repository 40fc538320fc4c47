"""Payers, their plans and contracts, and how each adjudicates."""

from dataclasses import dataclass

PATIENT = "PATIENT"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan's cost sharing: yearly deductible and copay in cents, coinsurance in percent."""

    code: str
    deductible: int
    coinsurance: int
    copay: int


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer and its habits.

    `rates`: allowed amount in basis points of charges by patient class. `denial_status`: what it puts in CLP02 of a
    wholly denied claim; `denial_group`: in CAS01 of it. `crosses_over`: it forwards claims to the secondary payer
    itself. `sequester`: percent that it keeps of its own payment (CO 253). It pays every week on `weekday`.
    """

    code: str
    name: str
    group: str
    rates: dict[str, int]
    plans: tuple[Plan, ...]
    denial_percent: int
    denial_status: str
    denial_group: str
    days_to_decide: int
    weekday: int
    crosses_over: bool = False
    sequester: int = 0


def _rates(inpatient: int, outpatient: int, emergency: int) -> dict[str, int]:
    return {"inpatient": inpatient, "outpatient": outpatient, "emergency": emergency}


PAYERS = {
    payer.code: payer
    for payer in (
        Payer("MEDICARE", "Medicare", "medicare", _rates(3125, 2875, 2650), (Plan("MEDICARE-AB", 24000, 20, 0),),
              6, "4", "CO", 13, 1, crosses_over=True, sequester=2),
        Payer("MEDICAID", "Medicaid", "medicaid", _rates(2350, 2125, 1975), (Plan("MEDICAID-STD", 0, 0, 300),),
              13, "4", "CO", 28, 3),
        Payer("NORTHSTAR", "Northstar Health", "commercial", _rates(5450, 4825, 4610),
              (Plan("NORTHSTAR-PPO", 100000, 20, 3000), Plan("NORTHSTAR-HDHP", 350000, 10, 0)), 9, "1", "CO", 22, 4),
        Payer("HARBOR_MUTUAL", "Harbor Mutual", "commercial", _rates(5890, 5215, 4970),
              (Plan("HARBOR-HMO", 25000, 0, 4000), Plan("HARBOR-PPO", 75000, 15, 2500)), 8, "4", "CO", 25, 2),
        Payer("SUMMIT_CARE", "Summit Care", "commercial", _rates(5140, 4590, 4385),
              (Plan("SUMMIT-HDHP", 500000, 20, 0), Plan("SUMMIT-PPO", 150000, 20, 3500)), 14, "1", "PI", 37, 0),
        Payer("EVERGREEN", "Evergreen Assurance", "commercial", _rates(6215, 5675, 5430),
              (Plan("EVERGREEN-SUP", 0, 0, 0), Plan("EVERGREEN-PPO", 50000, 10, 2000)), 5, "1", "OA", 19, 3),
    )
}  # fmt: skip

CONTRACT_FROM, CONTRACT_TO = "2021-01-01", "2026-12-31"
# Hospital B negotiates a little better with everyone but the government.
HOSPITAL_BONUS = {"hospital_a": 0, "hospital_b": 175}
TIMELY_FILING_DAYS = {"medicare": 365, "medicaid": 180, "commercial": 120}

DENIAL_REASONS = frozenset({"16", "18", "22", "26", "27", "29", "50", "96", "109", "197"})


def rate(hospital: str, payer: Payer, patient_class: str) -> int:
    """Return the contract's rate in basis points of charges."""
    bonus = HOSPITAL_BONUS[hospital] if payer.group == "commercial" else 0
    return payer.rates[patient_class] + bonus


def share(cents: int, basis_points: int) -> int:
    """Return a share of an amount of zero or more, half up to the cent."""
    return (cents * basis_points + 5000) // 10000


def payday(payer: Payer, day: int) -> int:
    """Return the payer's first weekly payment day from `day` on."""
    return day + (payer.weekday - (day - 1)) % 7


def posting_day(paid: int) -> int:
    """Return the day on which the hospital posts a remittance paid on a day; each ninth week takes four days more."""
    return paid + 1 + 4 * (paid // 7 % 9 == 0)
