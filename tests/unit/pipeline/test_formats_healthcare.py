"""The registered formats, by examples of their owners' documents."""

import pytest

from shared.pipeline.schema.formats import FORMATS, is_npi, luhn

ACCEPTED = {
    "npi": ["1234567893", "1245319599"],
    "icd-10-cm": ["A00", "A00.0", "S72.001A", "Z3A", "C7A.00", "M1A9XX1", "U07.1", "S72001A"],
    "cpt": ["99213", "0001F", "0042T", "0001U", "0001A"],
    "hcpcs": ["J1100", "G0008", "D0120"],
    "cdt": ["D0120"],
    "ndc": ["0002-1433-80", "50242-040-62", "60575-4112-1", "55150-0188-01", "00002143380"],
    "revenue-code": ["0450", "450", "1000"],
    "place-of-service": ["11", "21", "02", "10"],
    "taxonomy": ["207Q00000X", "2084P0800X"],
    "us-state": ["TX", "PR", "DC", "AP"],
    "us-zip": ["02139", "02139-4307", "021394307"],
    "ssn": ["188-23-9828", "188239828"],
    "mrn": ["MRN-000123", "HOSP1-001026", "12345"],
    "date": ["2024-02-29", "0001-01-01", "9999-12-31"],
    "date-time": [
        "2024-01-01T00:00:00Z",
        "1990-12-31T23:59:60Z",
        "1990-12-31T15:59:60-08:00",
        "2024-01-01t00:00:00.5z",
    ],
    "time": ["08:30:06Z", "08:30:06+05:30"],
    "email": ["a@b.example"],
    "ipv4": ["127.0.0.1"],
    "ipv6": ["::1"],
    "uri": ["https://example.org/a?b#c", "urn:oid:2.16.840"],
    "uuid": ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"],
}
REFUSED = {
    "npi": ["1234567890", "123456789", "12345678931", "3086631719", "", "1234567893 ", "\u0661234567893"],
    "icd-10-cm": ["A0", "a00", "A00.", "A00.12345", "00A", "AA0", "A00 ", "A00.0\n"],
    "cpt": ["9921", "992134", "9921X", "f0001"],
    "hcpcs": ["W1234", "J110", "j1100", "I1234"],
    "cdt": ["J0120", "D012"],
    "ndc": ["0002-1433-8", "1234567890", "0002143380A", "50242-0400-622"],
    "revenue-code": ["45", "00450", "45O"],
    "place-of-service": ["00", "28", "35", "98", "1", "011"],
    "taxonomy": ["207Q00000", "207q00000X", "207Q00000Y"],
    "us-state": ["tx", "XX", "Texas", ""],
    "us-zip": ["2139", "02139-430", "02139 4307"],
    "ssn": ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-456789", "12-345-6789"],
    "mrn": ["", "-12", "12-", "a--b", "a b"],
    "date": [
        "2024-02-30",
        "2024-2-3",
        "0000-01-01",
        " 2024-01-01",
        "2024-01-01\n",
        "20240101",
        "\u0662\u0660\u0662\u0664-01-01",
    ],
    "date-time": ["2024-01-01 00:00:00Z", "2024-01-01T00:00:00", "2024-01-01T00:00:00+0000", "1998-12-31T22:59:60Z"],
    "time": ["08:30:06", "24:00:00Z", "12:00:00+24:00"],
    "email": ["a", "@b", "a@", "a b@c", "a@b@c"],
    "ipv4": ["256.0.0.1", "1.2.3", "::1"],
    "ipv6": ["127.0.0.1", "::g", "fe80::1%eth0"],
    "uri": ["//host/a", "a b:c", "http://[bad", "1a:b"],
    "uuid": ["2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638", "x" * 36],
}


def test_every_registered_format_has_examples() -> None:
    assert set(ACCEPTED) == set(REFUSED) == set(FORMATS)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in ACCEPTED.items() for text in texts])
def test_a_well_formed_text_is_accepted(name: str, text: str) -> None:
    assert FORMATS[name](text)


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in REFUSED.items() for text in texts])
def test_an_ill_formed_text_is_refused(name: str, text: str) -> None:
    assert not FORMATS[name](text)


def test_exactly_one_check_digit_fits_and_every_single_wrong_digit_is_noticed() -> None:
    assert sum(is_npi(f"123456789{digit}") for digit in range(10)) == 1
    good = "1234567893"
    wrong = (good[:at] + str(digit) + good[at + 1 :] for at in range(1, 10) for digit in range(10))
    assert all(not is_npi(npi) for npi in wrong if npi != good)
    assert luhn("79927398713")
