"""Of all that is on file of an account, what stands behind one row of a relation."""

from collections.abc import Iterable, Mapping
from typing import Any

type Entry = Mapping[str, Any]

RECEIVABLE = "1200"
PATIENT = "PATIENT"
OF_CLAIMS = ("claim_life", "remitted_claim")


def entries_behind(relation: str, row: str, period: str, on_file: Iterable[Entry]) -> list[Entry]:
    """Lines and records in the order of their posting; `row` is the row's key, `period` the figure's month.

    Of a balance the lines of its party posted up to the month's end: they add up to it. Of what a patient came to owe
    the patient's lines, and the records that tell why. Of a claim its records and the account's. Nothing of a row that
    is itself a line or a record.
    """
    if relation == "account_balance":
        party = row.rpartition("|")[2]
        found = [one for one in _lines(on_file, party) if f"{one['posting_date']:%Y-%m}" <= period]
    elif relation == "patient_responsibility":
        found = [*_lines(on_file, PATIENT), *(one for one in on_file if one["line_id"] is None)]
    elif relation in OF_CLAIMS:
        found = [one for one in on_file if one["line_id"] is None and one["claim_id"] in (None, row)]
    else:
        found = []
    return sorted(found, key=lambda one: (str(one["posting_date"] or ""), one["noun"], one["source_key"]))


def _lines(on_file: Iterable[Entry], party: str) -> list[Entry]:
    return [one for one in on_file if one["gl_account"] == RECEIVABLE and one["responsible_party"] == party]
