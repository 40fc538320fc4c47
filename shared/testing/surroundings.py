"""What the timers bring from: tables of an EMR, a publisher's editions, a registry of codes, and codes in use."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import partial

from shared.metadata import Metadata
from shared.testing.fake_code_set_reader import Answer
from shared.testing.fake_emr_reader import Row
from shared.testing.fake_ports import FakePorts
from shared.testing.scenario import CANARY

DROPPED = ("hospital_a__department", "hospital_b__department")
EXTRACTS = ("hospital_a__department", "hospital_a__encounter")
CODE_SETS = ("hcpcs", "npi")
EDITIONS = {
    date(2025, 10, 1): "/files/zip/october-2025-alpha-numeric-hcpcs-file.zip",
    date(2026, 1, 1): "/files/zip/january-2026-alpha-numeric-hcpcs-file.zip",
}
NPIS = ("1234567893", "1003000126", "1245319599")
UNKNOWN_NPI = NPIS[-1]


def simulated_metadata(metadata: Metadata) -> Metadata:
    """The metadata with one extract and one code set of each kind, and the sources of what arrives."""
    extracts = {name: metadata.extracts[name] for name in EXTRACTS}
    code_sets = {name: metadata.code_sets[name] for name in CODE_SETS}
    targets = [extract.target_source for extract in extracts.values()]
    targets += [code_set.target_source for code_set in code_sets.values()]
    sources = {name: metadata.sources[name] for name in (*DROPPED, *targets)}
    return replace(metadata, sources=sources, extracts=extracts, code_sets=code_sets)


class Surroundings:
    """Fills the fakes. `change` is what goes on in a hospital and at a publisher; `changes` counts it."""

    def __init__(self, ports: FakePorts) -> None:
        self.changes = 0
        self.departments: list[Row] = [_department(1), _department(2)]
        self.encounters: list[Row] = [_encounter(n, day) for n, day in ((1, "2025-11-03"), (2, "2026-01-26"))]
        self.editions: dict[date, tuple[str, ...]] = {date(2025, 10, 1): ("A0428", "A0429")}
        self._answers: dict[str, dict[str, Answer]] = {"cms": {}, "nppes": {"/api/": _npi}}
        ports.fake_emr.databases["hospital_a"] = {"departments": self.departments, "encounters": self.encounters}
        ports.fake_code_apis.answers.update(self._answers)
        ports.files.upload("published", "current/1/part-0.txt", b'{"edition": "e1"}')
        ports.files.upload("published", "e1/codes_seen.json/part-0.txt", json.dumps({"npi": NPIS}).encode())
        self._publish()

    def change(self) -> None:
        """A department opens, an encounter is corrected, one comes a little late, an edition is published."""
        self.changes += 1
        number = 10 * self.changes
        self.departments.append(_department(number))
        self.encounters[1:2] = [_encounter(2, f"2026-01-{26 + self.changes:02d}")]
        self.encounters.append(_encounter(number, "2026-01-25"))
        self.editions[date(2026, 1, 1)] = ("A0428", "A0430")
        self._publish()

    def _publish(self) -> None:
        for effective, codes in self.editions.items():
            self._answers["cms"][EDITIONS[effective]] = partial(_release, codes)


def _department(number: int) -> Row:
    return {"DeptID": f"DEPT{number:03d}", "Name": f"{CANARY} {number}"}


def _encounter(number: int, modified: str) -> Row:
    return {
        "EncounterID": f"ENC{number:04d}",
        "PatientID": CANARY,
        "EncounterDate": modified,
        "EncounterType": "Inpatient",
        "ProviderID": "PROV1",
        "DepartmentID": "DEPT001",
        "ProcedureCode": "99213",
        "InsertedDate": modified,
        "ModifiedDate": modified,
    }


def _release(codes: tuple[str, ...], _query: Mapping[str, str]) -> bytes:
    """A zip archive with lines of fixed width, as CMS publishes them."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        member = zipfile.ZipInfo("HCPC2026_ANWEB.txt")  # a fixed date: equal releases are equal bytes
        opened.writestr(member, "".join(_line(code) for code in codes))
    return archive.getvalue()


def _line(code: str) -> str:
    return f"{code:<10}3".ljust(91) + "A ride".ljust(165) + "O1A".ljust(36) + "N\n"


def _npi(query: Mapping[str, str]) -> bytes:
    number = query["number"]
    basic = {"status": "A", "first_name": "ANN", "last_name": "LEE"}
    found = [] if number == UNKNOWN_NPI else [{"number": number, "enumeration_type": "NPI-1", "basic": basic}]
    return json.dumps({"result_count": len(found), "results": found}).encode()
