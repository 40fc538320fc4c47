"""A file that lies in landing's own folders knows where it belongs."""

from pathlib import Path

import pytest

from local.drop.landing_path import landing_path
from shared.model.path_pattern import PathPattern

PATTERNS = [PathPattern.parse("emr/hospital_a/{as_of:date}/patients{any}.csv"), PathPattern.parse("{any}.jsonl")]


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/mnt/files/emr/hospital_a/2026-01-31/patients_2.csv", "emr/hospital_a/2026-01-31/patients_2.csv"),
        ("/mnt/files/2026-01-31/patients.csv", None),
        ("/mnt/files/emr/hospital_a/2026-02-30/patients.csv", None),
        ("/mnt/files/npi.jsonl", "npi.jsonl"),
    ],
)
def test_the_longest_end_of_its_path_that_a_source_takes_is_its_place(file: str, expected: str | None) -> None:
    assert landing_path(Path(file), PATTERNS) == expected
