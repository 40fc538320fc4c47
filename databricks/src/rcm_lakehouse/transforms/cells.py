"""One cell of a record into one value of silver, and the rule it breaks when it cannot be one."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Cell, NounColumn

ISO_DATE = "yyyy-MM-dd"


def text_of(cell: Cell) -> Column:
    """The cell's text: trimmed, NULL when empty, in the letter case that metadata names; a constant as it is."""
    if cell.column is None:
        return F.lit(cell.const).cast("string")
    text = F.nullif(F.trim(F.col(f"`{cell.column}`")), F.lit(""))
    if cell.normalise in ("upper", "lower"):
        return F.upper(text) if cell.normalise == "upper" else F.lower(text)
    return text


def value_of(text: Column, column: NounColumn, cell: Cell, origin: str) -> Column:
    """The typed value of a cell's text, NULL when it cannot be one. Money rounds half away from zero to cents."""
    if cell.values is not None:
        table = F.create_map(*(F.lit(word) for pair in cell.values.items() for word in pair))
        text = F.try_element_at(table, text)
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


def broken_rule(text: Column, value: Column, column: NounColumn, cell: Cell) -> Column:
    """`<rule>:<column>` when the cell breaks one, else NULL. Rules: required, values, and the names of the types."""
    rule = "values" if cell.values else column.type
    told = F.when(text.isNotNull() & value.isNull(), F.lit(f"{rule}:{column.name}"))
    return told.when(value.isNull(), F.lit(f"required:{column.name}")) if column.required else told
