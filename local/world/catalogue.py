"""What both hospitals have in common: departments, specialties, payers, procedures and diagnoses.

Codes only: the wording of CPT belongs to the AMA, so a description repeats the code as the public data does.
"""

from dataclasses import dataclass

DEPARTMENTS = (
    "Emergency", "Cardiology", "Neurology", "Oncology", "Pediatrics", "Orthopedics", "Dermatology", "Gastroenterology",
    "Urology", "Radiology", "Anesthesiology", "Pathology", "Surgery", "Pulmonology", "Nephrology", "Ophthalmology",
    "Gynecology", "Psychiatry", "Endocrinology", "Rheumatology",
)  # fmt: skip
SPECIALTY_OF_DEPARTMENT = {"Emergency": "Emergency Medicine", "Surgery": "General Surgery"}

ENCOUNTER_TYPES = ("Inpatient", "Outpatient", "Emergency", "Telemedicine", "Routine Checkup")
VISIT_TYPE_OF_ENCOUNTER = {
    "Inpatient": "Consultation",
    "Outpatient": "Routine",
    "Emergency": "Emergency",
    "Telemedicine": "Follow-up",
    "Routine Checkup": "Routine",
}


@dataclass(frozen=True, slots=True)
class PublicPayer:
    """A payer as the public data names it in claims and in transactions."""

    name: str
    payor_id: str
    payor_type: str
    line_of_business: str
    amount_type: str
    share_paid: float
    denial_rate: float
    days_to_pay: int


PUBLIC_PAYERS = (
    PublicPayer("Medicare", "PAYOR1001", "Government", "Medicare", "Medicare", 0.48, 0.07, 16),
    PublicPayer("Medicaid", "PAYOR1002", "Government", "Medicaid", "Medicaid", 0.38, 0.14, 32),
    PublicPayer("Aetna", "PAYOR2001", "Private", "Commercial", "Insurance", 0.62, 0.10, 28),
    PublicPayer("BlueCross", "PAYOR2002", "Private", "Commercial", "Insurance", 0.66, 0.08, 24),
    PublicPayer("UnitedHealthcare", "PAYOR2003", "Private", "Commercial", "Insurance", 0.58, 0.13, 38),
)

# Procedure code and its usual charge in cents.
PROCEDURES = {
    "99202": 16500, "99203": 23800, "99204": 35200, "99213": 19400, "99214": 27900, "99215": 39100, "99221": 41200,
    "99223": 66400, "99231": 22500, "99233": 44900, "99238": 31800, "99282": 29800, "99283": 51200, "99284": 88700,
    "99285": 129900, "93000": 12900, "93306": 156000, "93458": 612000, "71046": 24800, "70450": 118000, "70551": 232000,
    "74177": 269000, "72148": 218000, "76856": 61200, "80053": 9900, "85025": 6800, "84443": 11800, "36415": 3200,
    "45378": 221000, "45380": 264000, "43239": 242000, "27447": 2980000, "29881": 864000, "47562": 1140000,
    "49505": 782000, "66984": 518000, "59400": 689000, "58150": 1095000, "90834": 22600, "97110": 11400, "12001": 34500,
}  # fmt: skip

DIAGNOSES = (
    "I10", "E11.9", "E78.5", "J44.9", "J18.9", "I25.10", "I48.91", "N18.3", "M17.11", "M54.50", "K21.9", "K57.30",
    "F32.9", "F41.1", "G43.909", "H25.11", "L40.0", "N39.0", "R07.9", "R10.9", "S52.501A", "Z00.00", "Z12.11",
    "C50.911", "C34.90", "D64.9", "O80", "G40.909", "I63.9", "R51.9",
)  # fmt: skip
