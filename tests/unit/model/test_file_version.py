"""What is one version and what are two: distinct blobs stay distinct, one blob stays one however its ETag is quoted."""

import unicodedata

import pytest

from shared.model.file_version import file_version_id, normalise_etag

ETAG = "0x8DE000000000001"
TWINS = tuple(unicodedata.normalize(form, "emr/José.csv") for form in ("NFC", "NFD"))
NAMES = (
    *("a/b.csv", "a/B.csv", "a//b.csv", "a/b.csv ", "a/b.csv.", "a%2Fb.csv", "a/b+c.csv", "a/b c.csv", "a/b#c.csv"),
    *("a/b?c.csv", "a/b\nc.csv", "a/b\x00c.csv", "a\\b.csv", "../a/b.csv", "x" * 1_024, "x" * 1_023 + "y", *TWINS),
)


def version(name: str, etag: str = ETAG, container: str = "landing") -> str:
    return file_version_id("account", container, name, etag)


def test_every_name_is_a_version_of_its_own() -> None:
    assert len({version(name) for name in NAMES}) == len(NAMES)


def test_a_name_is_no_part_of_its_container() -> None:
    assert version("b/c", container="a") != version("c", container="a/b")


@pytest.mark.parametrize("etag", [f'"{ETAG}"', f'W/"{ETAG}"', f' "{ETAG}" '])
def test_an_etag_is_one_however_it_is_quoted(etag: str) -> None:
    assert normalise_etag(etag) == ETAG
    assert version("a", etag) == version("a")


def test_other_bytes_under_a_name_are_another_version() -> None:
    assert version("a", "0x8DE000000000002") != version("a")
