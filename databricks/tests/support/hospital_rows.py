"""Rows in the shapes of the shipped sources of hospital A; hospital B's are the same but for its patients."""

import random
from datetime import date, timedelta

from deliveries import Cells

FIRST_DAY = date(2024, 6, 1)


def patient(number: str, modified: str, gender: str = "Female", first_name: str = "Ann") -> Cells:
    return {
        "PatientID": number,
        "FirstName": first_name,
        "LastName": "Lee",
        "MiddleName": "Q",
        "SSN": "000-00-0000",
        "PhoneNumber": "555",
        "Gender": gender,
        "DOB": "1980-02-03",
        "Address": "1 Road",
        "ModifiedDate": modified,
    }


def patient_of_b(number: str, modified: str) -> Cells:
    of_a = patient(number, modified)
    named = {"PatientID": "ID", "FirstName": "F_Name", "LastName": "L_Name", "MiddleName": "M_Name"}
    return {named.get(name, name): cell for name, cell in of_a.items() if name != "ModifiedDate"} | {
        "Updated_Date": modified
    }


def encounter(number: str, patient_id: str, day: str) -> Cells:
    return {
        "EncounterID": number,
        "PatientID": patient_id,
        "EncounterDate": day,
        "EncounterType": "Inpatient",
        "ProviderID": "PROV1",
        "DepartmentID": "DEPT001",
        "ProcedureCode": "99213",
        "InsertedDate": day,
        "ModifiedDate": day,
    }


def transaction(number: str, encounter_id: str, day: str, amount: str, paid: str, patient_id: str = "P1") -> Cells:
    return {
        "TransactionID": number,
        "EncounterID": encounter_id,
        "PatientID": patient_id,
        "ProviderID": "PROV1",
        "DeptID": "DEPT001",
        "VisitDate": day,
        "ServiceDate": day,
        "PaidDate": day,
        "VisitType": "Routine",
        "Amount": amount,
        "AmountType": "Insurance",
        "PaidAmount": paid,
        "ClaimID": "",
        "PayorID": "PAYOR1",
        "ProcedureCode": "99213",
        "ICDCode": "i10",
        "LineOfBusiness": "Commercial",
        "MedicaidID": "MEDI1",
        "MedicareID": "",
        "InsertDate": day,
        "ModifiedDate": day,
    }


def claim(number: str, day: str, billed: str, paid: str, status: str, service: str = "") -> Cells:
    return {
        "ClaimID": number,
        "TransactionID": "T1",
        "PatientID": "P1",
        "EncounterID": "E1",
        "ProviderID": "PROV1",
        "DeptID": "DEPT001",
        "ServiceDate": service or day,
        "ClaimDate": day,
        "PayorID": "Medicare",
        "ClaimAmount": billed,
        "PaidAmount": paid,
        "ClaimStatus": status,
        "PayorType": "Government",
        "Deductible": "1",
        "Coinsurance": "0.5",
        "Copay": "0",
        "InsertDate": day,
        "ModifiedDate": day,
    }


def department(number: str, name: str) -> Cells:
    return {"DeptID": number, "Name": name}


def some_claims(draw: random.Random, count: int) -> list[Cells]:
    statuses = ("Paid", "Approved", "Denied", "Pending", "Rejected")
    return [
        claim(f"C{i}", _day(draw), _amount(draw), _amount(draw), draw.choice(statuses), _day(draw))
        for i in range(count)
    ]


def some_encounters(draw: random.Random, count: int) -> list[Cells]:
    return [encounter(f"E{i}", f"P{draw.randrange(5)}", _day(draw)) for i in range(count)]


def some_transactions(draw: random.Random, count: int, encounters: int) -> list[Cells]:
    """Some name an encounter that nobody knows."""
    return [
        transaction(f"T{i}", f"E{draw.randrange(encounters + 5)}", _day(draw), _amount(draw), _amount(draw))
        for i in range(count)
    ]


def _day(draw: random.Random) -> str:
    return (FIRST_DAY + timedelta(days=draw.randrange(180))).isoformat()


def _amount(draw: random.Random) -> str:
    return repr(draw.randrange(1, 500_000) / 100 + draw.choice([0, 0.001, 0.005]))
