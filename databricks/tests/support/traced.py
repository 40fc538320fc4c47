"""What the task `trace` wrote, read as it lies there and through the function app's own flow."""

import json
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.dataset as ds
from line import NOON, Line
from rcm_lakehouse.kpis.table import write_kpis
from rcm_lakehouse.tasks import trace

SLICES = ("payer", "department", "provider", "service_line")

# The app's own code, whose types are checked in its own environment.
FOLDER_STORE = import_module("local.verify_truth.folder_store")
TRACE_FIGURE = import_module("shared.flows.trace_figure")
REPORT_IMPACT = import_module("shared.flows.report_impact")

type Place = tuple[Any, ...]


class Traced:
    """A line whose figures of a day were reckoned and traced, without the rest of gold."""

    def __init__(self, line: Line, as_of: date) -> None:
        self.lake = line.lake
        arguments = line.arguments((), as_of)
        write_kpis(line.lake, line.metadata, as_of, NOON)
        trace.trace(line.lake, arguments, line.metadata, NOON)
        self.published = line.store.folder / "storage" / "published"
        self.edition = arguments.token
        pointer = self.published / "current" / arguments.token / "part-0.txt"
        pointer.parent.mkdir(parents=True)
        pointer.write_text(json.dumps({"edition": arguments.token, "token": arguments.token}))

    @property
    def document(self) -> dict[str, Any]:
        return dict(json.loads("".join(part.read_text() for part in self._parts("trace.json"))))

    @property
    def files(self) -> list[Path]:
        return sorted((self.published / "trace").rglob("*.parquet"))

    @property
    def ports(self) -> Any:
        """As much of the function app as reads what was published: the files."""
        return SimpleNamespace(files=FOLDER_STORE.FolderStore(self.published.parent, None))

    def rows(self, name: str) -> list[dict[str, Any]]:
        folder = self.published / "trace" / self.document["trace_id"] / name
        return list(ds.dataset(folder, partitioning="hive").to_table().to_pylist())

    def ask(self, **query: str) -> dict[str, Any]:
        told: dict[str, Any] = TRACE_FIGURE.trace_figure(self.ports, query)
        return told

    def impact(self, file_version_id: str) -> dict[str, Any]:
        """What is told of a file version, all pages of it."""
        told: dict[str, Any] = REPORT_IMPACT.show_impact(self.ports, file_version_id, {"limit": "500"})
        page = told
        while "next_page" in page:
            page = REPORT_IMPACT.show_impact(self.ports, file_version_id, {"limit": "500", "page": page["next_page"]})
            told["figures"] += page["figures"]
        return told

    def sums(self) -> Mapping[Place, Decimal]:
        """Every sum in every place: relation, column, hospital, period, dimension and member to what its rows add."""
        found: dict[Place, Decimal] = defaultdict(Decimal)
        for relation in self.document["relations"]:
            for row in self.rows(relation):
                members = [(None, None), *((name, row[name]) for name in SLICES)]
                added = {name: row[name] for name in row if name[0] == "s" and name[1:].isdigit() and row[name]}
                for name, amount in added.items():
                    for member in members:
                        found[relation, name, row["hospital"], row["period"], *member] += amount
        return found

    def _parts(self, name: str) -> list[Path]:
        return sorted((self.published / self.edition / name).glob("part-*"))
