"""What docs/kpis.md says of a KPI is what its definition says."""

import json
from pathlib import Path

import jsonschema
import pytest

from local.describe_kpis import kpi_page

KPIS = Path(__file__).parents[2] / "metadata" / "kpis"


def test_the_page_is_what_the_definitions_say(repo_root: Path) -> None:
    assert (repo_root / "docs" / "kpis.md").read_text(encoding="utf-8") == kpi_page(repo_root / "metadata" / "kpis")


@pytest.mark.parametrize("path", sorted(KPIS.glob("*.json")), ids=lambda path: path.stem)
def test_a_definition_satisfies_its_schema(repo_root: Path, path: Path) -> None:
    schema = json.loads((repo_root / "metadata" / "schema" / "kpi.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(path.read_text(encoding="utf-8")))
