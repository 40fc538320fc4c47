"""Parts are made side by side, each after what it needs, and a failure says what to do."""

import errno
import json
import os
from pathlib import Path

import pytest

from local.set_up.build import make_missing
from local.set_up.commands import BuildSite
from local.set_up.errors import SetUpError
from local.set_up.layout import Layout
from local.set_up.part import Part
from local.set_up.parts import PARTS, with_needs


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path)


def part(name: str, *needs: str, broken: bool = False) -> Part:
    def build(site: BuildSite) -> None:
        if broken:
            raise SetUpError("the line is down", "mend the line")
        for need in needs:
            assert (site.layout.local / need / ".finished").exists(), f"{name} was built before {need}"

    return Part(name, f"the {name}", ingredients=lambda _: [name.encode()], build=build, needs=needs)


def test_each_part_is_built_after_what_it_needs(layout: Layout) -> None:
    parts = [part("ground"), part("wall", "ground"), part("roof", "wall", "ground")]
    assert make_missing(layout, parts)
    assert all(one.stands(layout) for one in parts)


def test_a_failure_names_the_way_on_and_stops_only_what_stands_on_it(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [part("wall", broken=True), part("roof", "wall"), part("garden")]
    assert not make_missing(layout, parts)
    assert [one.stands(layout) for one in parts] == [False, False, True]
    said = capsys.readouterr().out
    assert "the line is down" in said
    assert "What to do: mend the line" in said
    assert "making roof" not in said


def test_a_full_disk_is_a_failure_with_advice_and_no_traceback(
    layout: Layout, capsys: pytest.CaptureFixture[str]
) -> None:
    def fill_the_disk(site: BuildSite) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    assert not make_missing(layout, [Part("wall", "the wall", ingredients=lambda _: [], build=fill_the_disk)])
    assert "4 GB free" in capsys.readouterr().out


def test_what_each_part_took_is_kept_for_the_demo(layout: Layout) -> None:
    make_missing(layout, [part("wall")])
    assert set(json.loads((layout.local / "set_up.json").read_text())["seconds"]) == {"wall", "total"}
    make_missing(layout, [part("wall")])
    assert set(json.loads((layout.local / "set_up.json").read_text())["seconds"]) == {"total"}


def test_a_command_that_fails_is_quoted_with_its_last_lines_and_the_advice(layout: Layout) -> None:
    site = BuildSite(layout, layout.root, layout.root / "log", {"PATH": "/usr/bin:/bin"})
    with pytest.raises(SetUpError, match="no such package") as failed:
        site.call("sh", "-c", "echo no such package; exit 3", advice="name the mirror")
    assert failed.value.advice == "name the mirror"
    assert "code 3" in failed.value.what


def test_a_command_that_is_not_there_is_a_failure_with_advice(layout: Layout) -> None:
    site = BuildSite(layout, layout.root, layout.root / "log", {})
    with pytest.raises(SetUpError, match="did not start"):
        site.call(layout.root / "missing", advice="install it")


def test_asking_for_one_part_brings_what_it_stands_on() -> None:
    assert [one.name for one in with_needs({"azurite"})] == ["uv", "app", "azurite"]
    assert [one.name for one in with_needs({"class_archive"})] == ["uv", "lakehouse", "java", "jars", "class_archive"]


def test_every_part_is_listed_after_what_it_needs() -> None:
    names = [one.name for one in PARTS]
    assert all(names.index(need) < names.index(one.name) for one in PARTS for need in one.needs)
