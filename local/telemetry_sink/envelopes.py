"""The envelopes as they came, in files of JSON lines; the oldest file goes when there are too many."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE_BYTES = 8 * 1024 * 1024
FILES = 8


class EnvelopeStore:
    """A bounded log of telemetry envelopes in one folder."""

    def __init__(self, folder: Path, file_bytes: int = FILE_BYTES, files: int = FILES) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._file_bytes = file_bytes
        self._files = files

    def add(self, envelopes: list[dict[str, Any]]) -> None:
        """Appends, and forgets the oldest file beyond the bound."""
        with self._current().open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(envelope) + "\n" for envelope in envelopes)
        for path in self._paths()[: -self._files]:
            path.unlink()

    def read(self, base_type: str | None = None) -> Iterator[dict[str, Any]]:
        """The envelopes kept, oldest first; only those of `base_type` (`RequestData`, `MetricData`, …) if given."""
        for path in self._paths():
            with path.open(encoding="utf-8") as file:
                for line in file:
                    envelope = json.loads(line)
                    if base_type is None or envelope.get("data", {}).get("baseType") == base_type:
                        yield envelope

    def _current(self) -> Path:
        paths = self._paths()
        if paths and paths[-1].stat().st_size < self._file_bytes:
            return paths[-1]
        number = int(paths[-1].stem) + 1 if paths else 1
        return self._folder / f"{number:08}.jsonl"

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob("*.jsonl"))
