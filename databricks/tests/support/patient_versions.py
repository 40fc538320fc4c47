"""Versions of patients as the matching reads them: Ann Lee, but for what a test says."""

from collections.abc import Mapping, Sequence
from datetime import date

import pyarrow as pa
from rcm_lakehouse.master.standardise import PATIENT_COLUMNS

type Version = Mapping[str, str]

ANN = {
    "first_name": "Ann", "middle_name": "", "last_name": "Lee", "birth_date": "1980-02-03", "gender": "female",
    "ssn": "401-22-1234", "phone": "212-555-0101", "address": "12 Elm Street, Ashford, OH 44805",
}  # fmt: skip


def version(patient_id: str, **said: str) -> Version:
    """One version of a patient; "" stands for what it lacks."""
    return ANN | said | {"patient_id": patient_id}


def table(versions: Sequence[Version]) -> pa.Table:
    columns = {name: [one[name] or None for one in versions] for name in PATIENT_COLUMNS}
    born = pa.array([day and date.fromisoformat(day) for day in columns.pop("birth_date")], pa.date32())
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()} | {"birth_date": born})
