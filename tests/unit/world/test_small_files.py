"""Many small files: each encounter in one of them."""

from pathlib import Path

from local.world.small_files import write_many_small_files


def test_every_encounter_stands_in_exactly_one_file(tmp_path: Path) -> None:
    paths = write_many_small_files(tmp_path, n=20, rows=5)
    keys = [line.split(",")[0] for path in paths for line in (tmp_path / path).read_text().splitlines()[1:]]
    assert len(paths) == 20
    assert len(keys) == len(set(keys)) == 100
