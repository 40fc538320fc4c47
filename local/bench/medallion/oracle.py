"""How many members are not what they should be now: told from what was drawn, by code that imports no lakehouse."""

from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from local.bench.medallion.deliveries import BATCHED
from local.bench.medallion.hospital import HOSPITALS
from local.demo.delta_rows import delta_rows

CONTENT: Mapping[str, tuple[str, Sequence[str]]] = {
    "patient": ("PatientID", ("FirstName", "LastName", "PhoneNumber", "Address")),
    "encounter": ("EncounterID", ("PatientID", "DepartmentID", "ProcedureCode")),
    "transaction": ("TransactionID", ("PatientID", "PaidAmount", "PaidDate")),
    "claim": ("ClaimID", ("PatientID", "ClaimStatus", "PaidAmount", "Copay")),
}
"""By noun its key and the columns that are compared: those that a batch changes, empties or spoils among them."""

OF_B = {"ID": "PatientID", "F_Name": "FirstName", "L_Name": "LastName", "M_Name": "MiddleName"}
MONEY = ("PaidAmount", "Copay")
CENT = Decimal("0.01")

type Answer = Callable[[Path, str], pd.DataFrame]
"""Of a lake and a noun the members that it takes for current: `hospital`, the key, and the noun's content, as text."""


def wrong_members(truth: Path, lake: Path, answer: Answer) -> Mapping[str, int]:
    """By noun how many members are missing, there twice, not what they are, or not there in truth."""
    return {noun: _wrong(_truth(truth, noun), answer(lake, noun), noun) for noun in BATCHED}


def _truth(folder: Path, noun: str) -> pd.DataFrame:
    parts = []
    for hospital in HOSPITALS:
        rows = pq.read_table(folder / f"{hospital}__{noun}.parquet")
        rows = rows.rename_columns([OF_B.get(name, name) for name in rows.column_names])
        parts.append(_shaped(rows, noun).assign(hospital=hospital))
    return pd.concat(parts)


def _wrong(truth: pd.DataFrame, found: pd.DataFrame, noun: str) -> int:
    key, content = CONTENT[noun]
    member = ["hospital", key]
    doubled = found.duplicated(member, keep=False)
    once = found[~doubled]
    both = truth.merge(once, on=[*member, *content], how="outer", indicator=True)
    differing = both[both["_merge"] != "both"][member].drop_duplicates()
    unsure = found[doubled][member].drop_duplicates()
    return len(pd.concat([differing, unsure]).drop_duplicates())


def our_answer(lake: Path, noun: str) -> pd.DataFrame:
    """Silver's current rows; of patients only those whom gold has too."""
    names = _OUR_NAMES[noun]
    rows = _rows(lake / "silver" / noun, ["is_current", *names])
    rows = rows.filter(rows["is_current"]).select(list(names)).rename_columns(list(names.values()))
    key, _ = CONTENT[noun]
    if noun == "patient":
        gold = _rows(lake / "gold" / noun, ["patient_id", "is_current", "is_inferred"])
        current = gold.filter(pc.and_(gold["is_current"], pc.invert(gold["is_inferred"])))
        rows = rows.filter(pc.is_in(rows[key], current["patient_id"].combine_chunks()))
    hospitals = pc.list_element(pc.split_pattern(rows[key], ":"), 0)
    for name in rows.column_names:
        if name.endswith("ID"):
            own = pc.replace_substring_regex(rows[name], "^[^:]*:", "")
            rows = rows.set_column(rows.column_names.index(name), name, own)
    return _shaped(rows, noun).assign(hospital=hospitals.to_pandas().to_numpy())


def their_answer(lake: Path, noun: str) -> pd.DataFrame:
    """The baseline's gold where it has any of the noun, else the current rows of silver that it trusts."""
    key, content = CONTENT[noun]
    if noun == "patient":
        rows = _rows(lake / "gold" / "dim_patient", ["SRC_PatientID", "datasource", *content])
    else:
        columns = [f"SRC_{key}", "datasource", *content, "is_current", "is_quarantined"]
        rows = _rows(lake / "silver" / f"{noun}s", columns)
        rows = rows.filter(pc.and_(rows["is_current"], pc.invert(rows["is_quarantined"])))
    rows = rows.rename_columns([key if name == f"SRC_{key}" else name for name in rows.column_names])
    letters = pc.utf8_slice_codeunits(rows["datasource"], -1)
    hospitals = pc.binary_join_element_wise("hospital_", letters, "")
    return _shaped(rows, noun).assign(hospital=hospitals.to_pandas().to_numpy())


_OUR_NAMES: Mapping[str, Mapping[str, str]] = {
    "patient": {
        "patient_id": "PatientID",
        "first_name": "FirstName",
        "last_name": "LastName",
        "phone": "PhoneNumber",
        "address": "Address",
    },
    "encounter": {
        "encounter_id": "EncounterID",
        "patient_id": "PatientID",
        "department_id": "DepartmentID",
        "procedure_code": "ProcedureCode",
    },
    "transaction": {
        "transaction_id": "TransactionID",
        "patient_id": "PatientID",
        "paid_amount": "PaidAmount",
        "paid_date": "PaidDate",
    },
    "claim": {
        "claim_id": "ClaimID",
        "patient_id": "PatientID",
        "claim_status": "ClaimStatus",
        "paid_amount": "PaidAmount",
        "copay_amount": "Copay",
    },
}


def _rows(table: Path, columns: list[str]) -> pa.Table:
    rows = delta_rows(table, columns)
    assert rows is not None, f"no table {table.name}"
    return rows


def _shaped(rows: pa.Table, noun: str) -> pd.DataFrame:
    """Key and content as text: money to the cent, half up; words of a vocabulary in small letters."""
    key, content = CONTENT[noun]
    frame = pd.DataFrame({name: rows[name].cast(pa.string()).to_pandas() for name in (key, *content)})
    for name in (name for name in content if name in MONEY):
        frame[name] = frame[name].map(_to_the_cent, na_action="ignore")
    if "ClaimStatus" in content:
        frame["ClaimStatus"] = frame["ClaimStatus"].str.lower()
    return frame.fillna("")


def _to_the_cent(amount: str) -> str:
    return str(Decimal(amount).quantize(CENT, ROUND_HALF_UP))
