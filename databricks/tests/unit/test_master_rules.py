"""The pinned model: what makes no sense in it is refused, and every level has its condition."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.master.comparisons import CONDITIONS
from rcm_lakehouse.master.rules import read_rules

METADATA = Path(__file__).parents[3] / "metadata"


def test_every_level_has_its_condition_and_every_condition_its_level() -> None:
    rules = read_rules(METADATA)
    levels = {field: [*of_field][:-1] for field, of_field in rules.fields.items()}
    assert levels == {field: [*of_field] for field, of_field in CONDITIONS.items()}
    assert {[*of_field][-1] for of_field in rules.fields.values()} == {"different"}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda said: said["fields"]["phone"]["same"].update(m=0.9), "fields.phone: m of all levels must add up to 1"),
        (lambda said: said["certain"]["ssn_and_name"].update(ssn=["alike"]), "certain.ssn_and_name: ssn has no level"),
    ],
)
def test_a_model_without_sense_is_refused(tmp_path: Path, change: Callable[[Any], None], fault: str) -> None:
    said = json.loads((METADATA / "master" / "patient.json").read_text(encoding="utf-8"))
    change(said)
    (tmp_path / "master").mkdir()
    (tmp_path / "master" / "patient.json").write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(MetadataError, match=fault):
        read_rules(tmp_path)
