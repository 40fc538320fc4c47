import json
from pathlib import Path

import pytest
from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.metadata import read_metadata
from sources import write_metadata

REPOSITORY = Path(__file__).parents[3]


def _change(folder: Path, name: str, **changes: object) -> None:
    path = folder / "sources" / f"{name}.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_the_shipped_sources_all_become_a_noun() -> None:
    metadata = read_metadata(REPOSITORY / "metadata")
    assert {source.noun for source in metadata.sources.values()} <= set(metadata.nouns)


def test_a_mapping_to_an_unknown_column_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    write_metadata(tmp_path)
    silver = {"noun": "person", "columns": {"person_id": "Id", "nmae": "Name"}, "effective_from": None}
    _change(tmp_path, "full_house__person", silver=silver)
    with pytest.raises(MetadataError, match=r"full_house__person\.json.*nmae.*known: amount, name"):
        read_metadata(tmp_path)


def test_a_mapping_without_a_required_column_is_refused(tmp_path: Path) -> None:
    write_metadata(tmp_path)
    silver = {"noun": "person", "columns": {"name": "Name"}, "effective_from": None}
    _change(tmp_path, "full_house__person", silver=silver)
    with pytest.raises(MetadataError, match="person_id"):
        read_metadata(tmp_path)


def test_a_member_named_by_a_column_outside_the_sources_keys_is_refused(tmp_path: Path) -> None:
    write_metadata(tmp_path)
    _change(tmp_path, "full_house__person", keys=["Name"])
    with pytest.raises(MetadataError, match="not in keys"):
        read_metadata(tmp_path)


def test_a_changed_mapping_has_another_id(tmp_path: Path) -> None:
    write_metadata(tmp_path)
    before = read_metadata(tmp_path).source("full_house__person").mapping_id
    _change(tmp_path, "full_house__person", order_column=None)
    assert read_metadata(tmp_path).source("full_house__person").mapping_id != before
