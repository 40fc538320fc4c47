"""A part is built once for each state of its ingredients, wholly or not at all."""

from pathlib import Path

import pytest

from local.set_up.commands import BuildSite
from local.set_up.errors import SetUpError
from local.set_up.layout import Layout
from local.set_up.part import Part, files, key


class Workshop:
    """Builds a file `tool` and counts how often; fails while told to."""

    def __init__(self) -> None:
        self.built = 0
        self.broken = False

    def build(self, site: BuildSite) -> None:
        self.built += 1
        (site.folder / f"half-{self.built}").touch()
        if self.broken:
            raise SetUpError("no line", "mend the line")
        (site.folder / "tool").write_text("works")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    (tmp_path / "lock.txt").write_text("tool==1")
    (tmp_path / ".local").mkdir()
    return Layout(tmp_path)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def part(workshop: Workshop) -> Part:
    return Part("tool", "a tool", ingredients=files("lock.txt"), build=workshop.build, proof="tool")


def test_a_part_that_was_made_stands_behind_its_link(layout: Layout, part: Part) -> None:
    assert not part.stands(layout)
    part.make(layout, {})
    assert part.stands(layout)
    assert (layout.local / "tool" / "tool").read_text() == "works"


def test_making_a_part_again_builds_nothing(layout: Layout, part: Part, workshop: Workshop) -> None:
    part.make(layout, {})
    part.make(layout, {})
    assert workshop.built == 1


def test_a_changed_lock_makes_a_folder_of_its_own_and_keeps_the_old_one_for_going_back(
    layout: Layout, part: Part, workshop: Workshop
) -> None:
    part.make(layout, {})
    (layout.root / "lock.txt").write_text("tool==2")
    assert not part.stands(layout)
    part.make(layout, {})
    (layout.root / "lock.txt").write_text("tool==1")
    part.make(layout, {})
    assert part.stands(layout)
    assert workshop.built == 2


def test_a_part_that_failed_half_way_does_not_stand_and_is_begun_afresh(
    layout: Layout, part: Part, workshop: Workshop
) -> None:
    workshop.broken = True
    with pytest.raises(SetUpError):
        part.make(layout, {})
    assert not part.stands(layout)
    assert not (layout.local / "tool").exists()

    workshop.broken = False
    part.make(layout, {})
    assert part.stands(layout)
    assert not (layout.local / "tool" / "half-1").exists()


def test_a_part_whose_link_out_of_the_folder_died_is_made_again(layout: Layout, part: Part, workshop: Workshop) -> None:
    part.make(layout, {})
    (layout.local / "tool" / "tool").unlink()
    assert not part.stands(layout)
    part.make(layout, {})
    assert workshop.built == 2


def test_the_links_survive_a_move_of_the_clone(layout: Layout, part: Part, tmp_path: Path) -> None:
    part.make(layout, {})
    moved = layout.root.rename(tmp_path.with_name(f"{tmp_path.name}-moved"))
    assert part.stands(Layout(moved))


def test_a_key_tells_apart_where_one_ingredient_ends_and_the_next_begins() -> None:
    assert key([b"ab", b"c"]) != key([b"a", b"bc"])
