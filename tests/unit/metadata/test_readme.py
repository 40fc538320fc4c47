"""The example of metadata/README.md is the smallest source there can be, and it is read as it stands."""

import json
import shutil
from pathlib import Path

from shared.metadata import DEFAULT_PATH, load_metadata

README = DEFAULT_PATH / "README.md"


def test_the_smallest_source_of_the_readme_is_read(tmp_path: Path) -> None:
    _, _, after = README.read_text(encoding="utf-8").partition("```json\n")
    example = json.loads(after.partition("```")[0])
    for name in ("schema", "nouns"):
        shutil.copytree(DEFAULT_PATH / name, tmp_path / name)
    schema = {"type": "object", "required": example["keys"], "properties": {"Dept": {}, "Title": {}}}
    for place, document in (("sources", example), ("schemas", schema)):
        (tmp_path / place).mkdir()
        suffix = ".schema.json" if place == "schemas" else ".json"
        (tmp_path / place / f"{example['source_id']}{suffix}").write_text(json.dumps(document), encoding="utf-8")
    source = load_metadata(tmp_path).sources[example["source_id"]]
    assert source.path_pattern.match("emr/hospital_c/2026-01-31/departments.csv") == {"as_of": "2026-01-31"}


def test_every_folder_of_metadata_is_in_the_readme() -> None:
    text = README.read_text(encoding="utf-8")
    assert [
        folder.name for folder in DEFAULT_PATH.iterdir() if folder.is_dir() and f"`{folder.name}/`" not in text
    ] == []
