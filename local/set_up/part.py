"""One part of the local world: a folder built once for each state of the files that determine it."""

import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from local.set_up.commands import BuildSite
from local.set_up.layout import Layout

FINISHED = ".finished"


@dataclass(frozen=True)
class Part:
    """`build` fills an empty folder; `ingredients` are what the folder's content depends on."""

    name: str
    title: str
    ingredients: Callable[[Layout], Iterable[bytes]]
    build: Callable[[BuildSite], None]
    proof: str = ""
    """A path in the folder that must exist: a link out of it (to an interpreter, to Java) may have died since."""
    needs: tuple[str, ...] = ()
    is_asked_for: bool = False
    """Made only where it is named."""

    def folder(self, layout: Layout) -> Path:
        return layout.parts / f"{self.name}-{key(self.ingredients(layout))}"

    def stands(self, layout: Layout) -> bool:
        """True when the part fits its ingredients and its link leads to it. Starts no process."""
        folder, link = self.folder(layout), layout.local / self.name
        return self._finished(folder) and link.is_symlink() and link.resolve() == folder.resolve()

    def make(self, layout: Layout, environment: Mapping[str, str]) -> None:
        """Builds the part where it is missing and turns the link to it. A half-made folder of before is cleared."""
        folder = self.folder(layout)
        if not self._finished(folder):
            log = layout.logs / f"{self.name}.log"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            log.parent.mkdir(parents=True, exist_ok=True)
            log.unlink(missing_ok=True)
            self.build(BuildSite(layout, folder, log, environment))
            (folder / FINISHED).touch()
        turn_link(layout.local / self.name, folder)

    def _finished(self, folder: Path) -> bool:
        return (folder / FINISHED).exists() and (folder / self.proof).exists()


def key(ingredients: Iterable[bytes]) -> str:
    """Twelve hex digits that change with any ingredient, and with the kind of machine."""
    digest = hashlib.sha256(f"{sys.platform} {platform.machine()}".encode())
    for ingredient in ingredients:
        digest.update(hashlib.sha256(ingredient).digest())
    return digest.hexdigest()[:12]


def files(*names: str) -> Callable[[Layout], Iterable[bytes]]:
    """Ingredients: the content of these files of the repository."""
    return lambda layout: [(layout.root / name).read_bytes() for name in names]


def turn_link(link: Path, target: Path) -> None:
    """Points `link` at `target` in one step: a reader sees the old target or the new one."""
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(os.path.relpath(target, link.parent))
    fresh.replace(link)
