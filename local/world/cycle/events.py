"""What happens to an account. `recorded` is the day on which the sender has it on record; amounts are cents."""

from typing import NamedTuple


class ChargePosted(NamedTuple):
    """A charge, or the credit of one (negative, naming the line it corrects)."""

    recorded: int
    line: int
    amount: int
    party: str
    serviced: int
    revenue_code: str
    procedure: str
    diagnosis: str
    quantity: int
    corrects: int | None


class ClaimEdited(NamedTuple):
    """The claim went through the claims tool: received, then released with or without a manual touch."""

    recorded: int
    received: int
    corrected: bool
    edit_code: str


class ClaimSubmitted(NamedTuple):
    """A submission: frequency 1 original, 7 replacement, 8 void; sequence P or S."""

    recorded: int
    number: int
    payer: str
    sequence: str
    frequency: str
    control_number: str
    billed: int
    amount: int


class ClaimAcknowledged(NamedTuple):
    """The payer's front door took (A2) or refused (A3, A7) a submission."""

    recorded: int
    number: int
    payer: str
    category: str
    status: str


class Adjustment(NamedTuple):
    """A CAS: group, reason, remark, cents, and the charge line it is about (None: the whole claim)."""

    group: str
    reason: str
    remark: str
    amount: int
    line: int | None = None


class ClaimRemitted(NamedTuple):
    """A CLP of a remittance: paid = charge less adjustments. `crossover` is the payer it was forwarded to."""

    recorded: int
    paid_on: int
    payer: str
    status: str
    charge: int
    adjustments: tuple[Adjustment, ...]
    crossover: str

    @property
    def paid(self) -> int:
        """CLP04."""
        return self.charge - sum(adjustment.amount for adjustment in self.adjustments)

    @property
    def patient_responsibility(self) -> int:
        """CLP05."""
        return sum(adjustment.amount for adjustment in self.adjustments if adjustment.group == "PR")


class PayerTookBack(NamedTuple):
    """A PLB WO: the payer keeps back an overpayment of this account."""

    recorded: int
    paid_on: int
    payer: str
    amount: int


class PatientPaid(NamedTuple):
    """Money of the patient; kind `payment`, `reversal` or `recovery`."""

    recorded: int
    paid_on: int
    kind: str
    method: str
    amount: int


class AccountAdjusted(NamedTuple):
    """An adjustment by the hospital; `to_party` only for kind `transfer`."""

    recorded: int
    effective: int
    kind: str
    party: str
    to_party: str
    amount: int


type Event = (
    ChargePosted
    | ClaimEdited
    | ClaimSubmitted
    | ClaimAcknowledged
    | ClaimRemitted
    | PayerTookBack
    | PatientPaid
    | AccountAdjusted
)
