"""One tiny world for both, ours and the published notebooks: each person, claim or code is there for a defect."""

from collections.abc import Mapping, Sequence

import hospital_rows as rows
from deliveries import Cells, Delivered

FIRST, SECOND = "2024-11-30", "2024-12-02"


def moved(number: str, modified: str, address: str) -> Cells:
    return {**rows.patient(number, modified), "Address": address}


PEOPLE = [
    *(rows.patient(name, "2024-01-01") for name in ("EMPTIED", "TOUCHED", "TWICE", "CRASH", "SPOILT", "GONE", "KEPT")),
    moved("LATE", "2024-06-01", "2 New Road"),
    {**rows.patient("", "2024-01-01"), "FirstName": "Nobody"},
]
CHANGED = [
    {**rows.patient("EMPTIED", "2024-01-01"), "PhoneNumber": ""},
    rows.patient("TOUCHED", "2024-12-01"),
    moved("LATE", "2023-01-01", "1 Old Road"),
    moved("UNHEARD", "2024-11-01", "1 First Road"),
    moved("UNHEARD", "2024-12-01", "2 Second Road"),
    {**rows.patient("SPOILT", "2024-12-01"), "FirstName": "null"},
    {**rows.patient("", "2024-01-01"), "FirstName": "Nobody"},
]
CHANGED_TWICE = [moved("TWICE", "2024-11-01", "1 First Road"), moved("TWICE", "2024-12-01", "2 Second Road")]
CHANGED_IN_CRASH = [moved("CRASH", "2024-12-01", "9 Far Road")]
KEPT = [rows.patient("KEPT", "2024-01-01")]

ENCOUNTERS = [rows.encounter("E1", "KEPT", "2024-03-01"), rows.encounter("E2", "KEPT", "2024-03-02")]
BILLS = [
    {
        **rows.transaction("T1", "E1", "2024-03-01", "988.3699951171875", "315.70001220703125", "KEPT"),
        "ProcedureCode": "00123",
        "ProviderID": "PROV0238",
    },
    rows.transaction("T2", "E2", "2024-03-02", "10", "0", "KEPT"),
]
CLAIMS = [
    rows.claim("C1", "2024-06-10", "680.31", "10", "Paid", "2024-03-01"),
    {**rows.claim("C2", "2024-06-11", "5", "0", "Denied"), "ServiceDate": "11/06/2024"},
]
CLAIMS_AGAIN = [{**CLAIMS[0], "ClaimAmount": "680.310"}, CLAIMS[1]]
PROVIDERS = [
    dict(zip(("ProviderID", "FirstName", "LastName", "Specialization", "DeptID", "NPI"), one, strict=True))
    for one in [("H1-PROV0001", "Ann", "Lee", "Oncology", "DEPT001", "9903342850")]
]
CODES = [
    {
        "Procedure Code Category": "AAA",
        "CPT Codes": code,
        "Procedure Code Descriptions": f"CPT {code}",
        "Code Status": status,
    }
    for code, status in (("00123", "No Change"), ("0051T", "No change"))
]
DEPARTMENTS = [rows.department("DEPT001", "Emergency")]
ICD = [{"icd_code": "I10", "icd_code_type": "ICD-10", "code_description": "Essential hypertension"}]


def first_day() -> list[Delivered]:
    """What arrives first, of all nouns."""
    sent: Mapping[str, Sequence[Cells]] = {
        "hospital_a__patient": PEOPLE,
        "hospital_b__patient": [rows.patient_of_b("KEPT", "2024-01-01")],
        "hospital_a__encounter": ENCOUNTERS,
        "hospital_b__encounter": ENCOUNTERS,
        "hospital_a__transaction": BILLS,
        "hospital_a__claim": CLAIMS,
        "hospital_a__provider": PROVIDERS,
        "ama__cpt_code": CODES,
        "nlm__icd_code": [{"code": "I10", "description": "Essential hypertension", "confirmed_date": FIRST}],
    }
    return [Delivered(source_id, "first", FIRST, mine) for source_id, mine in sent.items()]


def second_day() -> list[Delivered]:
    """A whole extract of the patients, and the claims' month anew; the spoilt person's row went to quarantine."""
    whole = [*CHANGED, *CHANGED_TWICE, *CHANGED_IN_CRASH, *KEPT]
    spoilt = next(number for number, row in enumerate(whole, 1) if row["FirstName"] == "null")
    return [
        Delivered("hospital_a__patient", "second", SECOND, whole, frozenset({spoilt})),
        Delivered("hospital_a__claim", "second", SECOND, CLAIMS_AGAIN),
    ]
