"""The README's tables and the shapes that the writers use are the same."""

from pathlib import Path

from local.world.describe import source_tables
from local.world.shapes import HOSPITALS, SHAPES


def test_the_readme_shows_every_source_as_it_is_written() -> None:
    readme = Path(__file__).parents[3] / "local" / "world" / "README.md"
    assert source_tables() in readme.read_text(encoding="utf-8")


def test_no_landing_path_belongs_to_two_sources() -> None:
    paths = [shape.path("2024-03-31", "2024-03") for shape in SHAPES.values()]
    assert len(paths) == len(set(paths))


def test_both_hospitals_write_the_same_nouns_under_other_names() -> None:
    nouns = {origin: {s.split("__")[1] for s in SHAPES if s.startswith(origin)} for origin in HOSPITALS}
    assert nouns["hospital_a"] == nouns["hospital_b"]
    for noun in nouns["hospital_a"]:
        a, b = SHAPES[f"hospital_a__{noun}"], SHAPES[f"hospital_b__{noun}"]
        assert a.header.keys() == b.header.keys()
        assert tuple(a.header.values()) != tuple(b.header.values())
