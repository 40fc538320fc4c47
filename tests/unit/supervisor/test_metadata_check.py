import json
import shutil
from pathlib import Path

import pytest

from local.supervisor.errors import WorldError
from local.supervisor.metadata_check import check_metadata
from local.supervisor.world import World

METADATA = Path(__file__).parents[3] / "metadata"


@pytest.fixture
def wrong_metadata(tmp_path: Path) -> Path:
    metadata = Path(shutil.copytree(METADATA, tmp_path / "metadata"))
    source = metadata / "sources" / "hospital_a__department.json"
    source.write_text(json.dumps(json.loads(source.read_text()) | {"deliverey": "full"}))
    return metadata


def test_a_world_with_wrong_metadata_does_not_start_and_says_what_is_wrong(
    tmp_path: Path, wrong_metadata: Path
) -> None:
    world = World(tmp_path / "world", ["azurite"], {"RCM_METADATA_PATH": str(wrong_metadata)})
    with pytest.raises(WorldError) as stopped, world:
        pass
    said = str(stopped.value)
    assert all(word in said for word in ("hospital_a__department.json", "deliverey", "delivery"))
    assert world.pid("azurite") is None


def test_an_app_without_metadata_has_nothing_to_check(tmp_path: Path) -> None:
    check_metadata(tmp_path, {})
