from dataclasses import replace

import pytest

from shared.metadata import DEFAULT_PATH, load_metadata
from shared.model.source import SourceDefinition
from shared.model.violation import Tier, Violation
from shared.pipeline.identify import Identified, identify

PATH = "claims/hospital_a/2026-01-31/claims-january.csv"


@pytest.fixture(scope="module")
def sources() -> dict[str, SourceDefinition]:
    return dict(load_metadata(DEFAULT_PATH).sources)


def test_a_path_belongs_to_the_one_source_that_claims_it(sources: dict[str, SourceDefinition]) -> None:
    assert identify(PATH, sources) == Identified("hospital_a__claim", {"as_of": "2026-01-31"})


def test_a_path_that_no_source_claims_is_a_structural_violation(sources: dict[str, SourceDefinition]) -> None:
    assert identify("claims/hospital_c/2026-01-31/claims.csv", sources) == Violation(
        Tier.STRUCTURAL, "unknown_path", "", None
    )


def test_a_path_that_two_sources_claim_is_a_structural_violation(sources: dict[str, SourceDefinition]) -> None:
    twin = replace(sources["hospital_a__claim"], source_id="twin__claim")
    assert identify(PATH, {**sources, "twin__claim": twin}) == Violation(Tier.STRUCTURAL, "ambiguous_path", "", None)
