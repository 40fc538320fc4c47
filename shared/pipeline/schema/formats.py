"""The registered formats: for each, the exact test of one text. They are shapes; membership in a code set is not asked.

All letters and digits are ASCII. A format that is not in FORMATS is an annotation.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

type Test = Callable[[str], bool]

NPI_PREFIX: Final = "80840"
"""ISO card issuer prefix of US health providers, part of the check digit (CMS, NPI check digit)."""

US_STATES: Final = frozenset(
    # A list of them is a page long.
    "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND "  # noqa: SIM905
    "OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI UM FM MH PW AA AE AP".split()
)
"""USPS Publication 28, appendix B: states, possessions and military addresses."""

PLACES_OF_SERVICE: Final = frozenset(
    f"{code:02d}"
    for code in (*range(1, 28), *range(31, 35), 41, 42, *range(49, 59), 60, 61, 62, 65, 66, 71, 72, 81, 99)
)
"""CMS place of service code set for professional claims."""

RFC3339_TIME: Final = re.compile(
    r"([01][0-9]|2[0-3]):[0-5][0-9]:([0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)


def luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1)."""
    doubled = (int(digit) * 2 for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(value - 9 * (value > 9) for value in doubled)) % 10 == 0


def is_npi(text: str) -> bool:
    """Ten digits, the first 1 or 2, valid with the prefix 80840 (45 CFR 162.406)."""
    return re.fullmatch(r"[12][0-9]{9}", text, re.ASCII) is not None and luhn(NPI_PREFIX + text)


def is_date(text: str) -> bool:
    """RFC 3339 full-date in the years 0001 to 9999 of the Gregorian calendar."""
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text, re.ASCII):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """RFC 3339 full-time with an offset; second 60 only where it is the last of a day in UTC."""
    match = RFC3339_TIME.fullmatch(text)
    return match is not None and (match[2] != "60" or _utc_minute(text) == LAST_MINUTE)


LAST_MINUTE: Final = 23 * 60 + 59


def _utc_minute(text: str) -> int:
    minute = int(text[:2]) * 60 + int(text[3:5])
    if text[-1] in "Zz":
        return minute
    offset = int(text[-5:-3]) * 60 + int(text[-2:])
    return (minute - offset if text[-6] == "+" else minute + offset) % (24 * 60)


def is_date_time(text: str) -> bool:
    """RFC 3339 date-time: a full-date, T, a full-time."""
    return len(text) > 11 and text[10] in "Tt" and is_date(text[:10]) and is_time(text[11:])


def is_email(text: str) -> bool:
    """Something without blanks on either side of one @: whether mail arrives there is not known from the text."""
    return re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,255}", text) is not None


def is_ssn(text: str) -> bool:
    """AAA-GG-SSSS or nine digits; no part all zeros, area neither 666 nor 900 to 999 (SSA POMS RM 10201.035)."""
    match = re.fullmatch(r"([0-9]{3})(-?)([0-9]{2})\2([0-9]{4})", text, re.ASCII)
    return (
        match is not None
        and match[1] not in {"000", "666"}
        and match[1] < "900"
        and match[3] != "00"
        and match[4] != "0000"
    )


def is_ip(version: int) -> Test:
    def test(text: str) -> bool:
        try:
            return "%" not in text and ipaddress.ip_address(text).version == version
        except ValueError:
            return False

    return test


def is_uri(text: str) -> bool:
    """A scheme and only characters that RFC 3986 allows."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*", text):
        return False
    try:
        urlsplit(text)
    except ValueError:
        return False
    return True


def is_uuid(text: str) -> bool:
    """RFC 9562 text form, five groups of hex digits."""
    return len(text) == 36 and all(text[at] == "-" for at in (8, 13, 18, 23)) and _parses(UUID, text)


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def shape(pattern: str) -> Test:
    """The test of a format that a pattern describes fully."""
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


SHAPES: Final[Mapping[str, str]] = {
    # CMS ICD-10-CM: letter, digit, digit or letter; up to four more, the dot after the third or left out.
    "icd-10-cm": r"[A-Z][0-9][0-9AB](?:\.?[0-9A-Z]{1,4})?",
    # AMA CPT: category I and, with a letter at the end, II (F), III (T), PLA (U) and multianalyte assays (M, A).
    "cpt": r"[0-9]{4}[0-9AFMTU]",
    # HCPCS Level II: a letter and four digits; D is CDT's and is in the release too.
    "hcpcs": r"[A-HJ-MP-V][0-9]{4}",
    "cdt": r"D[0-9]{4}",
    # FDA: 10 digits in 4-4-2, 5-3-2 or 5-4-1, or the 11 digits of a HIPAA claim, 5-4-2, hyphens left out.
    "ndc": r"[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-[0-9]{3}-[0-9]{2}|[0-9]{5}-[0-9]{4}-[0-9]{1,2}|[0-9]{11}",
    # NUBC: four digits, the leading zero often left out on paper and in extracts.
    "revenue-code": r"0?[0-9]{3}|[0-9]{4}",
    # NUCC: ten characters, the last an X.
    "taxonomy": r"[0-9]{3}[0-9A-Z]{6}X",
    "us-zip": r"[0-9]{5}(?:-?[0-9]{4})?",
    # A medical record number is whatever a hospital's index gives out: letters, digits and single separators.
    "mrn": r"[A-Za-z0-9]+(?:[-_./][A-Za-z0-9]+)*",
}

HEALTHCARE_FORMATS: Final[Mapping[str, Test]] = {
    **{name: shape(pattern) for name, pattern in SHAPES.items()},
    "npi": is_npi,
    "place-of-service": PLACES_OF_SERVICE.__contains__,
    "ssn": is_ssn,
    "us-state": US_STATES.__contains__,
}

STANDARD_FORMATS: Final[Mapping[str, Test]] = {
    "date": is_date,
    "date-time": is_date_time,
    "time": is_time,
    "email": is_email,
    "ipv4": is_ip(4),
    "ipv6": is_ip(6),
    "uri": is_uri,
    "uuid": is_uuid,
}

FORMATS: Final[Mapping[str, Test]] = {**STANDARD_FORMATS, **HEALTHCARE_FORMATS}
