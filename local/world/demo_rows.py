"""A demo bill as rows of the transaction and claim files, as known on a day."""

from datetime import date

from local.world.catalogue import VISIT_TYPE_OF_ENCOUNTER
from local.world.demo_billing import Bill
from local.world.demo_people import Row


def dollars(cents: int) -> str:
    """Write cents as a decimal amount: 5 → `0.05`, -1250 → `-12.50`."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}.{rest:02d}"


def transaction_row(bill: Bill, known: date) -> Row:
    """Return the transaction of a bill; ids of programmes and the claim only where they apply."""
    encounter, payer = bill.encounter, bill.encounter.payer
    payments = bill.payments(known)
    patient_number = encounter.patient_id[-5:]
    return {
        "TransactionID": f"TRANS{bill.number:06d}",
        "EncounterID": f"ENC{encounter.number:06d}",
        "PatientID": encounter.patient_id,
        "ProviderID": encounter.provider_id,
        "DeptID": encounter.department_id,
        "VisitDate": encounter.day.isoformat(),
        "ServiceDate": encounter.day.isoformat(),
        "PaidDate": max(day for day, _ in payments).isoformat() if payments else "",
        "VisitType": VISIT_TYPE_OF_ENCOUNTER[encounter.encounter_type],
        "Amount": dollars(bill.amount),
        "AmountType": payer.amount_type if payer else "Self-pay",
        "PaidAmount": dollars(sum(cents for _, cents in payments)),
        "ClaimID": f"CLAIM{bill.number:06d}" if payer else "",
        "PayorID": payer.payor_id if payer else "",
        "ProcedureCode": bill.procedure,
        "ICDCode": bill.diagnosis,
        "LineOfBusiness": payer.line_of_business if payer else "Self-Pay",
        "MedicaidID": f"MEDI{patient_number}" if payer and payer.name == "Medicaid" else "",
        "MedicareID": f"MCARE{patient_number}" if payer and payer.name == "Medicare" else "",
        "InsertDate": bill.inserted.isoformat(),
        "ModifiedDate": bill.modified(known).isoformat(),
    }


def claim_row(bill: Bill, known: date) -> Row:
    """Return the claim of a bill that has one; unpaid claims carry no payment and no shares."""
    encounter, payer, claimed = bill.encounter, bill.encounter.payer, bill.claimed
    assert payer, "a bill without a payer has no claim"
    assert claimed, "a claim has a date"
    status = bill.status(known)
    settled = status in {"Paid", "Approved"}
    paid = bill.amount - bill.patient_share if status == "Paid" else 0
    return {
        "ClaimID": f"CLAIM{bill.number:06d}",
        "TransactionID": f"TRANS{bill.number:06d}",
        "PatientID": encounter.patient_id,
        "EncounterID": f"ENC{encounter.number:06d}",
        "ProviderID": encounter.provider_id,
        "DeptID": encounter.department_id,
        "ServiceDate": encounter.day.isoformat(),
        "ClaimDate": claimed.isoformat(),
        "PayorID": payer.name,
        "ClaimAmount": dollars(bill.amount),
        "PaidAmount": dollars(paid),
        "ClaimStatus": status,
        "PayorType": payer.payor_type,
        "Deductible": dollars(bill.deductible if settled else 0),
        "Coinsurance": dollars(bill.coinsurance if settled else 0),
        "Copay": dollars(bill.copay if settled else 0),
        "InsertDate": claimed.isoformat(),
        "ModifiedDate": max(claimed, bill.modified(known)).isoformat(),
    }
