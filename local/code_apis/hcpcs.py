"""Some codes of HCPCS Level II (CMS; free to use) and two modifiers, which the release files carry too."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HcpcsCode:
    """`category` is the Berenson-Eggers type of service, `action` what the release did to the code (N: nothing)."""

    code: str
    short: str
    long: str
    category: str
    action: str = "N"


PROCEDURES = (
    HcpcsCode("A0425", "Ground mileage", "Ground mileage, per statute mile", "O1A"),
    HcpcsCode("A0428", "Bls", "Ambulance service, basic life support, non-emergency transport, (bls)", "O1A"),
    HcpcsCode("A4253", "Blood glucose/reagent strips", "Blood glucose test or reagent strips, per 50 strips", "D1A"),
    HcpcsCode("E0110", "Crutch forearm pair", "Crutches, forearm, includes crutches of various materials", "D1E"),
    HcpcsCode("E0601", "Cont airway pressure device", "Continuous positive airway pressure (cpap) device", "D1E"),
    HcpcsCode("G0008", "Admin influenza virus vac", "Administration of influenza virus vaccine", "O1G"),
    HcpcsCode("G0101", "Ca screen;pelvic/breast exam", "Cervical or vaginal cancer screening; pelvic exam", "M5D"),
    HcpcsCode("G0121", "Colon ca scrn not hi rsk ind", "Colorectal cancer screening; colonoscopy", "P8D"),
    HcpcsCode("G0378", "Hospital observation per hr", "Hospital observation service, per hour", "M2B"),
    HcpcsCode("G0463", "Hospital outpt clinic visit", "Hospital outpatient clinic visit for assessment", "M1B"),
    HcpcsCode("J0171", "Adrenalin epinephrine inject", "Injection, adrenalin, epinephrine, 0.1 mg", "O1E"),
    HcpcsCode("J1100", "Dexamethasone sodium phos", "Injection, dexamethasone sodium phosphate, 1mg", "O1E"),
    HcpcsCode("J1885", "Ketorolac tromethamine inj", "Injection, ketorolac tromethamine, per 15 mg", "O1E"),
    HcpcsCode("J3490", "Drugs unclassified injection", "Unclassified drugs", "O1E"),
    HcpcsCode("L3908", "Who cock-up nonmolde pre ots", "Wrist hand orthosis, prefabricated", "D1F"),
    HcpcsCode("P9016", "Rbc leukocytes reduced", "Red blood cells, leukocytes reduced, each unit", "O1B"),
    HcpcsCode("Q9967", "Locm 300-399mg/ml iodine,1ml", "Low osmolar contrast material, per ml", "O1E"),
    HcpcsCode("S9083", "Urgent care center global", "Global fee urgent care centers", "Z2", "D"),
)
MODIFIERS = (("LT", "Left side"), ("RT", "Right side"))
