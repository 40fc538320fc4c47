"""The NPPES NPI Registry API 2.1 in its answers' real shape; the providers are drawn from the seed and the number."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

FIRST_NAMES = ("ALEX", "CASEY", "DANA", "JORDAN", "MORGAN", "QUINN", "RILEY", "TAYLOR")
LAST_NAMES = ("ABARA", "BERG", "CASTILLO", "DOYLE", "EKSTROM", "FUJITA", "GRANT", "HALE")
TAXONOMIES = {
    "207Q00000X": "Family Medicine",
    "207RC0000X": "Internal Medicine, Cardiovascular Disease",
    "2085R0202X": "Radiology, Diagnostic Radiology",
    "282N00000X": "General Acute Care Hospital",
}
NOT_FOUND_SHARE, DEACTIVATED_SHARE, ORGANIZATION_SHARE = 0.05, 0.03, 0.1


def answer(query: Mapping[str, str], seed: int) -> dict[str, Any]:
    """What the registry says to a look-up by number; it answers 200 to queries it refuses."""
    number = query.get("number", "")
    if query.get("version") != "2.1":
        return errors("Unsupported Version", "01", "version")
    if not number:
        return errors("No valid search criteria provided", "04", "")
    if len(number) != 10 or not number.isdecimal():
        return errors("NPI must be 10 digits", "06", "number")
    rng = Random(f"{seed} {number}")
    if rng.random() < NOT_FOUND_SHARE:
        return {"result_count": 0, "results": []}
    return {"result_count": 1, "results": [_provider(number, rng)]}


def errors(description: str, number: str, field: str) -> dict[str, Any]:
    """Status 200, and yet a failure."""
    return {"Errors": [{"description": description, "field": field, "number": number}]}


def _provider(number: str, rng: Random) -> dict[str, Any]:
    is_organization = rng.random() < ORGANIZATION_SHARE
    enumerated = date(2005, 5, 23) + timedelta(days=rng.randrange(7000))
    updated = enumerated + timedelta(days=rng.randrange(400))
    status = "D" if rng.random() < DEACTIVATED_SHARE else "A"
    dates = {"enumeration_date": enumerated.isoformat(), "last_updated": updated.isoformat(), "status": status}
    return {
        "created_epoch": "1117497600000",
        "enumeration_type": "NPI-2" if is_organization else "NPI-1",
        "last_updated_epoch": "1183852800000",
        "number": number,
        "addresses": [_address(rng)],
        "practiceLocations": [],
        "basic": {**(_organization(rng) if is_organization else _person(rng)), **dates},
        "taxonomies": [_taxonomy("282N00000X" if is_organization else rng.choice(sorted(TAXONOMIES)[:3]))],
        "identifiers": [],
        "endpoints": [],
        "other_names": [],
    }


def _person(rng: Random) -> dict[str, str]:
    name = {"first_name": rng.choice(FIRST_NAMES), "last_name": rng.choice(LAST_NAMES)}
    return {**name, "credential": "M.D.", "sole_proprietor": "NO", "sex": rng.choice("FM")}


def _organization(rng: Random) -> dict[str, str]:
    return {"organization_name": f"{rng.choice(LAST_NAMES)} MEMORIAL HOSPITAL", "organizational_subpart": "NO"}


def _taxonomy(code: str) -> dict[str, Any]:
    return {"code": code, "taxonomy_group": "", "desc": TAXONOMIES[code], "state": "IL", "license": "", "primary": True}


def _address(rng: Random) -> dict[str, str]:
    return {
        "country_code": "US",
        "country_name": "United States",
        "address_purpose": "LOCATION",
        "address_type": "DOM",
        "address_1": f"{rng.randrange(1, 9999)} MAIN ST",
        "city": "SPRINGFIELD",
        "state": "IL",
        "postal_code": "627010000",
        "telephone_number": f"217-555-{rng.randrange(10_000):04d}",
    }
