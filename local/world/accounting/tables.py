"""The truth's tables as Parquet, written in pieces."""

from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

_PIECE = 100_000
_EPOCH = date(1970, 1, 1).toordinal()

type Cell = str | int | bool | None


class TableWriter:
    """Writes rows of a schema to one Parquet file; days come as ordinals where the schema says date32."""

    def __init__(self, path: Path, columns: dict[str, pa.DataType]) -> None:
        """Open the file; `columns` are names and types in order."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._schema = pa.schema(list(columns.items()))
        self._dates = [pa.types.is_date32(kind) for kind in columns.values()]
        self._rows: list[tuple[Cell, ...]] = []
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write what is held and close the file."""
        self._flush()
        self._writer.close()

    def write(self, row: tuple[Cell, ...]) -> None:
        """Append a row."""
        self._rows.append(row)
        if len(self._rows) >= _PIECE:
            self._flush()

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = [
            pa.array([None if cell is None else int(cell) - _EPOCH for cell in column], pa.int32()).cast(pa.date32())
            if is_date
            else pa.array(column, kind)
            for column, is_date, kind in zip(
                zip(*self._rows, strict=True), self._dates, self._schema.types, strict=True
            )
        ]
        self._writer.write_table(pa.table(arrays, schema=self._schema))
        self._rows = []
