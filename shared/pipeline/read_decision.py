"""Reads a person's word on two patients: who they are, what is decided, by whom and why."""

import re

from shared.errors import RequestRefusedError
from shared.model.match_decision import MatchDecision, Verdict
from shared.pipeline.read_request import json_object, printable

MOST_CHARACTERS = {"decided_by": 200, "note": 1_024}
PATIENT_ID = re.compile(r"[a-z0-9_]{1,64}:[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
PATIENTS = ("patient_id_1", "patient_id_2")
KNOWN = frozenset({*PATIENTS, "verdict", *MOST_CHARACTERS})


def read_decision(body: bytes) -> MatchDecision:
    """The decision. RequestRefusedError (400 or 413) with a stable code otherwise; nothing is quoted back."""
    said = json_object(body)
    if said.keys() - KNOWN:
        raise RequestRefusedError("unknown_field", f"known fields are {', '.join(sorted(KNOWN))}")
    first, second = (_patient(said.get(name), name) for name in PATIENTS)
    if first == second:
        raise RequestRefusedError("one_patient_named_twice", "a decision is on two patients")
    if said.get("verdict") not in list(Verdict):
        raise RequestRefusedError("bad_verdict", f"one of {', '.join(Verdict)}")
    decided_by, note = (printable(said, name, most).strip() for name, most in MOST_CHARACTERS.items())
    if not decided_by:
        raise RequestRefusedError("decided_by_missing", "who decides")
    return MatchDecision(min(first, second), max(first, second), Verdict(said["verdict"]), decided_by, note)


def _patient(value: object, name: str) -> str:
    if not isinstance(value, str) or not PATIENT_ID.fullmatch(value):
        raise RequestRefusedError(f"bad_{name}", "a patient's id as the lakehouse has it: <hospital>:<number>")
    return value
