"""The baseline's notebooks on the same deliveries, in the same session."""

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from local.bench.medallion.measure import Cost, Meter
from local.verify_truth.lakehouse import Lakehouse

LAYERS = ("silver", "gold")
NOTEBOOKS = "local.bench.medallion.baseline.notebooks:main"


class Theirs:
    """Tables below `<folder>/lake`, extracts below `<folder>/bronze`, claims and codes below `<folder>/landing`."""

    def __init__(self, lakehouse: Lakehouse, folder: Path) -> None:
        self._lakehouse = lakehouse
        self._folder = folder
        self._meter = Meter(lambda: lakehouse.pid, folder)

    def take_changes(self) -> None:
        """The changed rows' extracts in the place of those before them, the claims files as they are now."""
        for container in ("bronze", "landing"):
            shutil.copytree(self._folder / f"{container}_changed", self._folder / container, dirs_exist_ok=True)

    def run(self) -> Mapping[str, Cost]:
        """The notebooks of one layer after those of the other, and what each layer cost."""
        return {layer: self._meter.cost(partial(self._run, layer)) for layer in LAYERS}

    def _run(self, layer: str) -> None:
        folders = [str(self._folder / name) for name in ("bronze", "landing", "lake")]
        self._lakehouse.call(f"baseline {layer}", NOTEBOOKS, [layer, *folders])
