import json

import pytest
from rcm_lakehouse.errors import ManifestError
from rcm_lakehouse.manifest import Manifest

INGESTION = {
    "file_version_id": "f" * 64,
    "generation": 1,
    "source_id": "hospital_a__patient",
    "outcome": "landed",
    "bronze": "bronze/x.parquet",
    "quarantine": None,
    "records_in": 2,
    "bronze_count": 2,
    "quarantined_count": 0,
    "content_hash": "0" * 64,
    "arrived_at": "2026-01-31T10:00:00.000000Z",
    "delivered_at": "2026-01-31T09:59:00.000000Z",
    "as_of": "2026-01-31",
    "period": None,
}


def test_a_manifest_gives_its_ingestions_as_values() -> None:
    manifest = Manifest.from_json(json.dumps({"manifest_version": 1, "token": "t", "ingestions": [INGESTION]}))
    (ingestion,) = manifest.ingestions
    assert (manifest.token, str(ingestion.as_of), ingestion.arrived_at.tzname()) == ("t", "2026-01-31", "UTC")


@pytest.mark.parametrize(
    "document", [{"manifest_version": 2, "token": "t", "ingestions": []}, {"manifest_version": 1, "token": "t"}, []]
)
def test_a_manifest_of_another_shape_is_refused(document: object) -> None:
    with pytest.raises(ManifestError):
        Manifest.from_json(json.dumps(document))
