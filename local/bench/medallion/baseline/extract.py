"""An EMR table as the pipeline's SQL copy leaves it: Parquet with the database's types."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write_extract(path: Path, table: pa.Table) -> None:
    """Writes a table of text; amounts go into floats, procedure codes and NPIs into numbers."""
    path.parent.mkdir(parents=True, exist_ok=True)
    kinds = pa.schema([(name, kind(name)) for name in table.column_names])
    pq.write_table(table.cast(kinds), path)


def kind(column: str) -> pa.DataType:
    """The type of a column by its name."""
    if column == "DOB" or column.endswith("Date"):
        return pa.date32()
    if column.endswith("Amount"):
        return pa.float64()
    return {"ProcedureCode": pa.int32(), "NPI": pa.int64()}.get(column, pa.string())
