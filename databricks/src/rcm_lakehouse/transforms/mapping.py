"""Records of a source's log into records of its noun: typed, namespaced, flagged, with the reasons for a reject."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.metadata import Cell, Noun, Source
from rcm_lakehouse.transforms.cells import broken_rule, text_of, value_of

POSITION = ("_file_version_id", "_generation", "_row_number")
"""Where a record was delivered."""

DELIVERY = ["_file_version_id", "_generation"]

ABSENT = Cell(None, None, None, None, None)


def key_of(source: Source, noun: Noun) -> Column:
    """One text that names the member, made from the record; `stored_key` makes the same from a row of silver."""
    columns = [column for column in noun.columns if column.name in noun.key]
    return F.to_json(F.struct(*(value_of(c, source.cells[c.name], source.origin).alias(c.name) for c in columns)))


def stored_key(noun: Noun) -> Column:
    """One text that names the member of a row of silver."""
    return F.to_json(F.struct(*(column.name for column in noun.columns if column.name in noun.key)))


def period_of(source: Source) -> Column:
    """The period (yyyy-MM) that the record's own column names, NULL where it names none."""
    if source.period_column is None:
        return F.lit(None).cast("string")
    return F.date_format(_instant(source, source.period_column), "yyyy-MM")


def to_noun(records: DataFrame, source: Source, noun: Noun) -> DataFrame:
    """`records` of the log, joined with their standing deliveries, as the noun's columns beside:

    `source_id`, the position and the delivery's `_ordinal`; `_key` and `_period` (NULL: none);
    `_effective_at` from which it holds (the delivery's date where it does not say) and `_ordered_at` (NULL: not said);
    `_reasons`, empty when the record is accepted.
    """
    cells = [(column, source.cells.get(column.name, ABSENT)) for column in noun.columns]
    return records.select(
        *(value_of(column, cell, source.origin).alias(column.name) for column, cell in cells),
        F.lit(source.source_id).alias("source_id"),
        key_of(source, noun).alias("_key"),
        F.coalesce(F.col("_delivery_period"), period_of(source)).alias("_period"),
        F.coalesce(_instant(source, source.effective_from), F.col("_as_of").cast("timestamp")).alias("_effective_at"),
        _instant(source, source.order_column).alias("_ordered_at"),
        _reasons(source, noun).alias("_reasons"),
        *POSITION,
        "_ordinal",
    )


def with_content(records: DataFrame, noun: Noun) -> DataFrame:
    """`records` of a noun with `quality_flags` (the flags raised) and `_content_hash` (equal content, equal hash)."""
    content = F.sha2(F.to_json(F.struct(*(column.name for column in noun.columns))), 256)
    return records.withColumns({"quality_flags": _flags(noun), "_content_hash": content})


def quarantined_members(quarantine: DataFrame, source: Source, noun: Noun) -> DataFrame:
    """`source_id`, `_key` and `_period` of quarantined records, as far as their cells tell, with their delivery."""
    named = [F.try_element_at("cells", F.lit(name)).alias(name) for name in source.naming_columns]
    cells = quarantine.select(*DELIVERY, *named)
    keyed = cells.select(
        F.lit(source.source_id).alias("source_id"),
        *DELIVERY,
        key_of(source, noun).alias("_key"),
        period_of(source).alias("_period"),
    )
    return keyed.where(F.col("_key") != "{}")


def _reasons(source: Source, noun: Noun) -> Column:
    cells = [(column, source.cells.get(column.name, ABSENT)) for column in noun.columns]
    broken = [broken_rule(column, cell, source.origin) for column, cell in cells]
    if noun.history == "scd2" and source.effective_from is not None:
        came = text_of(Cell(source.effective_from, None, None, None, None)).isNotNull()
        refused = came & _instant(source, source.effective_from).isNull()
        broken.append(F.when(refused, F.lit("instant:effective_from")))
    return F.array_compact(F.array(*broken))


def _flags(noun: Noun) -> Column:
    raised = [F.when(F.expr(condition), F.lit(flag)) for flag, condition in noun.quality_flags.items()]
    return F.array_compact(F.array(*raised, F.lit(None).cast("string")))


def _instant(source: Source, column: str | None) -> Column:
    """A column of the record as an instant, by the format the mapping states for it anywhere, else ISO 8601."""
    if column is None:
        return F.lit(None).cast("timestamp")
    stated = next((cell.format for cell in source.cells.values() if cell.column == column and cell.format), None)
    text = text_of(Cell(column, None, None, None, None))
    return F.try_to_timestamp(text, F.lit(stated)) if stated else text.try_cast("timestamp")
