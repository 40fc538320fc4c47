"""One cell of a record into one value of silver, and the rule it breaks when it cannot be one."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Cell, NounColumn

ISO_DATE = "yyyy-MM-dd"


def text_of(cell: Cell) -> Column:
    """The cell's text: trimmed, NULL when empty, in the letter case and by the table that metadata names."""
    if cell.column is None:
        return F.lit(cell.const).cast("string")
    stripped = F.trim(F.col(f"`{cell.column}`"))
    text = F.when(stripped != "", stripped)
    if cell.normalise in ("upper", "lower"):
        text = F.upper(text) if cell.normalise == "upper" else F.lower(text)
    if cell.values is None:
        return text
    table = F.create_map(*(F.lit(word) for pair in cell.values.items() for word in pair))
    return F.try_element_at(table, text)


def value_of(column: NounColumn, cell: Cell, origin: str) -> Column:
    """The typed value, NULL when the cell is empty or cannot be one. Money rounds half away from zero to cents."""
    text = text_of(cell)
    if column.type == "id":
        return F.concat(F.lit(f"{origin}:"), text)
    if column.type == "date":
        return F.try_to_date(text, cell.format or ISO_DATE)
    if column.type == "instant":
        return F.try_to_timestamp(text, F.lit(cell.format)) if cell.format else text.try_cast("timestamp")
    if column.type == "money":
        return text.try_cast("decimal(18,2)")
    if column.type in ("integer", "boolean"):
        return text.try_cast({"integer": "bigint", "boolean": "boolean"}[column.type])
    return text


def broken_rule(column: NounColumn, cell: Cell, origin: str) -> Column:
    """`<rule>:<column>` when the cell breaks one, else NULL. Rules: required, values, and the names of the types."""
    value = value_of(column, cell, origin)
    broken = F.lit(None).cast("string")
    if column.required:
        broken = F.when(value.isNull(), F.lit(f"required:{column.name}"))
    if cell.column is None:
        return broken
    rule = "values" if cell.values else column.type
    came = F.trim(F.col(f"`{cell.column}`")) != ""
    return F.when(came & value.isNull(), F.lit(f"{rule}:{column.name}")).otherwise(broken)
