"""A hospital's books read from the files alone, as known on a day: an accountant's second opinion on the truth."""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from local.world.reading import Record, files_of, records
from local.world.truth import TruthWorld

DENIAL_REASONS = frozenset({"16", "18", "22", "26", "27", "29", "50", "96", "109", "197"})
_REDUCING = frozenset({"transfer", "denial_write_off", "charity", "small_balance", "bad_debt_transfer"})


class Posting(NamedTuple):
    """What a row does to an account: cents owed by a party, and cents of cash."""

    account_id: str
    party: str
    kind: str
    owed: int
    cash: int
    posted: date
    effective: date


@dataclass(frozen=True, slots=True)
class Books:
    """A hospital's records, by account where they tell of one, in order of their days; and the postings they cause."""

    hospital: str
    accounts: dict[str, Record]
    postings: list[Posting]
    patient_postings: dict[str, list[Posting]]
    edits: list[Record]
    submissions: dict[str, list[Record]]
    rejected: frozenset[str]
    remitted: dict[str, list[Record]]
    adjustments: dict[str, list[Record]]
    general_ledger: dict[tuple[str, str], int]
    contracts: list[Record]
    encounter_months: list[str]
    claim_statuses: dict[str, tuple[str, str]]


def read_books(world: TruthWorld, hospital: str, known: date) -> Books:
    """Read a hospital's books as known on a day."""
    submitted = sorted(_facts(world, hospital, "claim_submission", known), key=lambda row: row["submitted_date"])
    remitted = sorted(_facts(world, hospital, "remittance_claim", known), key=_order)
    acknowledged = _facts(world, hospital, "claim_acknowledgement", known)
    postings = list(_postings(world, hospital, known))
    return Books(
        hospital=hospital,
        accounts={row["account_id"]: row for row in _facts(world, hospital, "account", known)},
        postings=postings,
        patient_postings=_by_account(posting for posting in postings if posting.party == "PATIENT"),
        edits=list(_facts(world, hospital, "claim_edit", known)),
        submissions=_grouped(submitted, "account_id"),
        rejected=frozenset(row["claim_id"] for row in acknowledged if row["category_code"] != "A2"),
        remitted=_grouped(remitted, "account_id"),
        adjustments=_grouped(_facts(world, hospital, "remittance_adjustment", known), "remittance_claim_id"),
        general_ledger={
            (row["period"], row["gl_account"]): row["amount"] for row in _facts(world, hospital, "gl_balance", known)
        },
        contracts=list(_facts(world, "health_system", "payer_contract", known)),
        encounter_months=_encounter_months(world, hospital, known),
        claim_statuses=_claim_statuses(world, hospital, known),
    )


def _grouped(rows: Iterable[Record], name: str) -> dict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups


def _by_account(postings: Iterable[Posting]) -> dict[str, list[Posting]]:
    groups: defaultdict[str, list[Posting]] = defaultdict(list)
    for posting in postings:
        groups[posting.account_id].append(posting)
    return groups


def _order(row: Record) -> tuple[date, int]:
    """Order remittance claims by posting date, then by their place in the account's story: the end of their id."""
    return row["posting_date"], int(row["remittance_claim_id"].rpartition("-")[2])


def _facts(world: TruthWorld, origin: str, noun: str, known: date) -> Iterator[Record]:
    """Yield what the files of a source say that had arrived by a day and were not withdrawn by then."""
    files = [
        file
        for file, withdrawn in files_of(world, noun)
        if file.source_id.startswith(origin) and file.known_on <= known and (withdrawn is None or withdrawn > known)
    ]
    if noun == "patient_payment":
        files = list({file.path.partition("patient_payments_")[2][:7]: file for file in files}.values())
    for file in files:
        yield from records(world, file)


def _postings(world: TruthWorld, hospital: str, known: date) -> Iterator[Posting]:
    nouns = "charge remittance_claim remittance_adjustment provider_adjustment patient_payment account_adjustment"
    for noun in nouns.split():
        for row in _facts(world, hospital, noun, known):
            yield from row_postings(noun, row)


def row_postings(noun: str, row: Record) -> Iterator[Posting]:
    """Yield what a row posts: the table of README.md."""
    for party, kind, owed, cash, effective in _effects(noun, row):
        yield Posting(row["account_id"], party, kind, owed, cash, row["posting_date"], effective)


def _effects(noun: str, row: Record) -> Iterator[tuple[str, str, int, int, date]]:
    amount = row.get("amount", 0)
    match noun:
        case "charge":
            late = (row["posting_date"] - row["service_date"]).days > 3
            yield row["responsible_party"], "late_charge" if late else "charge", amount, 0, row["service_date"]
        case "remittance_claim" if row["paid_amount"]:
            paid = row["paid_amount"]
            yield row["payer_code"], "insurer_payment", -paid, paid, row["payment_date"]
        case "remittance_adjustment":
            for party, kind, owed in _adjusted(row):
                yield party, kind, owed, 0, row["payment_date"]
        case "provider_adjustment" if row["reason_code"] == "WO":
            yield row["payer_code"], "takeback", amount, -amount, row["payment_date"]
        case "patient_payment" if row["payment_type"] == "recovery":
            yield "PATIENT", "bad_debt_recovery", 0, amount, row["payment_date"]
        case "patient_payment":
            owed = amount if row["payment_type"] == "reversal" else -amount
            yield "PATIENT", "patient_payment", owed, -owed, row["payment_date"]
        case "account_adjustment":
            kind, effective = row["adjustment_type"], row["effective_date"]
            cash = -amount if kind == "refund" else 0
            yield row["responsible_party"], kind, -amount if kind in _REDUCING else amount, cash, effective
            if kind == "transfer":
                yield row["to_party"], kind, amount, 0, effective


def _adjusted(row: Record) -> Iterator[tuple[str, str, int]]:
    if row["group_code"] == "PR":
        yield row["payer_code"], "transfer", -row["amount"]
        yield row["crossover_payer_code"] or "PATIENT", "transfer", row["amount"]
    elif row["reason_code"] not in DENIAL_REASONS and (row["group_code"], row["reason_code"]) != ("OA", "23"):
        yield row["payer_code"], "contractual_adjustment", -row["amount"]


def _encounter_months(world: TruthWorld, hospital: str, known: date) -> list[str]:
    """Return the month of each encounter once, whatever number of extracts tell of it."""
    days: dict[str, str] = {}
    for file, _ in files_of(world, "encounter"):
        if file.source_id.startswith(hospital) and file.known_on <= known:
            with (world.landing / file.path).open(encoding="utf-8", newline="") as lines:
                days |= {row["EncounterID"]: row["EncounterDate"][:7] for row in csv.DictReader(lines)}
    return list(days.values())


def _claim_statuses(world: TruthWorld, hospital: str, known: date) -> dict[str, tuple[str, str]]:
    """Return each claim's (month, status) as its latest file has it."""
    statuses: dict[str, tuple[str, str]] = {}
    for file, _ in files_of(world, "claim"):
        if file.source_id.startswith(hospital) and file.known_on <= known:
            with (world.landing / file.path).open(encoding="utf-8", newline="") as lines:
                rows = csv.DictReader(lines)
                statuses |= {row["ClaimID"]: (row["ClaimDate"][:7], row["ClaimStatus"]) for row in rows}
    return statuses
