"""The relations that KPI definitions speak of: each lays the facts out once, at the grain it states."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pyspark.sql import DataFrame

from rcm_lakehouse.kpis.relations import accounts, claims, feeds, patients
from rcm_lakehouse.kpis.relations.known import LEDGER_TABLE, Known
from rcm_lakehouse.kpis.relations.span import Span


@dataclass(frozen=True, slots=True)
class Relation:
    """`grain` is what one row is, `tables` what it is made of. Rows have `hospital`, `SLICES` and their own columns."""

    grain: str
    tables: tuple[str, ...]
    lay_out: Callable[[Known, Span], DataFrame]


def _timeless(lay_out: Callable[[Known], DataFrame]) -> Callable[[Known, Span], DataFrame]:
    """Of a relation that is the same whatever month is asked for."""
    return lambda known, _: lay_out(known)


LEDGER = (LEDGER_TABLE, "silver.account")
EDITED = ("silver.claim_edit", "silver.account")
REMITTED = ("silver.account", "silver.remittance_claim", "silver.remittance_adjustment")
SUBMITTED = ("silver.claim_submission", "silver.claim_acknowledgement", "silver.payer_contract")

RELATIONS: Mapping[str, Relation] = {
    "posted_entry": Relation("line of A/R or cash of an account", LEDGER, _timeless(accounts.posted_entries)),
    "account_balance": Relation(
        "account x responsible party x month end, not nought", (*LEDGER, "silver.payer"), accounts.balances
    ),
    "unbilled_charge": Relation(
        "charge entry x month end at which its account is not out",
        (*LEDGER, "silver.claim_submission"),
        accounts.unbilled,
    ),
    "patient_responsibility": Relation(
        "account on which a patient came to owe", (*LEDGER, *REMITTED), _timeless(patients.responsibilities)
    ),
    "claim_life": Relation("claim, whatever its submissions", (*REMITTED, *SUBMITTED), _timeless(claims.lives)),
    "remitted_claim": Relation("claim x month of remittance", REMITTED, _timeless(claims.remitted_by_month)),
    "claim_edit": Relation("claim in the claims tool", EDITED, _timeless(claims.edits)),
    "gl_balance": Relation("general ledger account x month", ("silver.gl_balance",), _timeless(feeds.gl_balances)),
    "claim": Relation("row of the claims file", ("silver.claim", "silver.account"), feeds.claims),
    "transaction": Relation(
        "billed service of an encounter", ("silver.transaction", "silver.encounter"), feeds.transactions
    ),
    "encounter": Relation("contact of a patient with a hospital", ("silver.encounter",), feeds.encounters),
}
