"""Providers by NPI and codes by crosswalk: what is not sure stays apart, and is told."""

from pathlib import Path

import pytest
from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.master.crosswalks import mapped, read_crosswalks, unmapped_counts
from rcm_lakehouse.master.providers import Provider, is_valid_npi, provider_rows

REPOSITORY = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("npi", "valid"),
    [("1234567893", True), ("1245319599", True), ("1234567890", False), ("123456789", False), ("12345678x3", False)],
)
def test_an_npi_is_valid_by_its_check_digit(npi: str, valid: bool) -> None:
    assert is_valid_npi(npi) is valid


def test_providers_of_one_npi_are_one_unless_their_names_say_otherwise() -> None:
    rows = provider_rows(
        [
            Provider("a:1", "1234567893", "Ada", "Hill"),
            Provider("b:9", "1234567893", "ADA", "Hill-Moss"),
            Provider("a:2", "1245319599", "Bo", "Lund"),
            Provider("b:2", "1245319599", "Cy", "Nash"),
            Provider("a:3", "1234567890", "Di", "Orr"),
            Provider("b:3", "1234567890", "Di", "Orr"),
            Provider("a:4", None, "Ed", "Poe"),
        ]
    )
    golden = {provider: person for provider, _, person, *_ in rows}
    assert golden["a:1"] == golden["b:9"]
    assert len(set(golden.values())) == 6
    assert {provider: why for provider, *_, why in rows} == {
        "a:1": "npi", "b:9": "npi", "a:2": "npi_of_two_names", "b:2": "npi_of_two_names", "a:3": "invalid_npi",
        "b:3": "invalid_npi", "a:4": "no_npi",
    }  # fmt: skip


def test_a_code_means_what_the_crosswalk_says_of_its_hospital_or_nothing() -> None:
    crosswalks = read_crosswalks(REPOSITORY / "metadata")
    seen = [
        ("payer", "hospital_b", "MCR"),
        ("payer", "hospital_a", "MCR"),
        ("payer", "hospital_a", "MEDICARE"),
        ("payer", "hospital_a", "Medicare"),
        ("service", "hospital_a", "0450"),
        ("service", "hospital_a", "emergency"),
    ]
    rows = mapped([*seen, *seen], crosswalks)
    assert {(code, hospital): golden for _, hospital, code, golden, _ in rows} == {
        ("MCR", "hospital_b"): "MEDICARE",
        ("MCR", "hospital_a"): None,
        ("MEDICARE", "hospital_a"): "MEDICARE",
        ("Medicare", "hospital_a"): "MEDICARE",
        ("0450", "hospital_a"): "emergency",
        ("emergency", "hospital_a"): "emergency",
    }
    assert unmapped_counts(rows) == {"unmapped_payer": 1}


def test_a_crosswalk_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / "crosswalks").mkdir()
    said = '{"crosswalk": "payer", "golden": ["A"], "everywhere": {"x": "B"}, "of_hospital": {}}'
    (tmp_path / "crosswalks" / "payer.json").write_text(said)
    with pytest.raises(MetadataError, match="B"):
        read_crosswalks(tmp_path)
