"""Providers of all hospitals by their NPI: one golden provider for each that is valid and names one person."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

PROVIDER_MEMBER = "gold.provider_member"
PROVIDER_MEMBER_SCHEMA = "provider_id string, hospital string, golden_provider_id string, npi string, joined_by string"
PROVIDER_MEMBER_KEY = ["provider_id"]

NPI, NO_NPI, BAD_NPI, TWO_NAMES = "npi", "no_npi", "invalid_npi", "npi_of_two_names"

NPI_PREFIX = "80840"
"""The card issuer that CMS puts before an NPI when its check digit is reckoned."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider as one hospital knows them last."""

    provider_id: str
    npi: str | None
    first_name: str | None
    last_name: str | None

    @property
    def hospital(self) -> str:
        return self.provider_id.partition(":")[0]

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name.casefold() for name in (self.first_name, self.last_name) if name)


def is_valid_npi(npi: str) -> bool:
    """Ten digits of which the last is the check digit (Luhn) of the others."""
    if len(npi) != 10 or not (npi.isascii() and npi.isdecimal()):
        return False
    digits = [int(digit) for digit in reversed(NPI_PREFIX + npi)]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def provider_rows(providers: Iterable[Provider]) -> list[tuple[str, str, str, str | None, str]]:
    """PROVIDER_MEMBER_SCHEMA, sorted. Two who share an NPI and no name are not joined: one of them has a wrong NPI."""
    by_npi: defaultdict[str, list[Provider]] = defaultdict(list)
    rows = []
    for one in providers:
        if one.npi and is_valid_npi(one.npi):
            by_npi[one.npi].append(one)
        else:
            reason = BAD_NPI if one.npi else NO_NPI
            rows.append((one.provider_id, one.hospital, _golden(one.provider_id), one.npi, reason))
    for npi, members in by_npi.items():
        is_one = all(not a.names or not b.names or a.names & b.names for a in members for b in members)
        for one in members:
            golden = _golden(npi) if is_one else _golden(one.provider_id)
            rows.append((one.provider_id, one.hospital, golden, npi, NPI if is_one else TWO_NAMES))
    return sorted(rows)


def _golden(of: str) -> str:
    return hashlib.sha256(f"provider\x1f{of}".encode()).hexdigest()[:32]
