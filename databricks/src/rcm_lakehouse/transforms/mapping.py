"""Records of a source's log into records of its noun: typed, namespaced, flagged, with the reasons for a reject."""

from collections.abc import Sequence
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.ledger.missing import missing
from rcm_lakehouse.metadata import Cell, Noun, NounColumn, Source
from rcm_lakehouse.transforms.cells import broken_rule, text_of, value_of

POSITION = ("_file_version_id", "_generation", "_row_number")
"""Where a record was delivered."""

DELIVERY = ["_file_version_id", "_generation"]

ABSENT = Cell(None, None, None, None, None)


def key_of(source: Source, noun: Noun) -> Column:
    """One text that names the member, made from the record; `stored_key` makes the same from a row of silver."""
    return F.to_json(F.struct(*(value.alias(name) for name, value in _key_values(source, noun).items())))


def stored_key(noun: Noun) -> Column:
    """One text that names the member of a row of silver."""
    return F.to_json(F.struct(*(column.name for column in noun.columns if column.name in noun.key)))


def period_of(source: Source) -> Column:
    """The period (yyyy-MM) of a record, from its own column or its file's path, NULL where it names none."""
    if source.delivery_kind != "period":
        return F.lit(None).cast("string")
    if source.period_column is None:
        return F.col("_file_period")
    return F.date_format(_instant(source, source.period_column), "yyyy-MM")


def to_noun(records: DataFrame, source: Source, noun: Noun) -> DataFrame:
    """`records` of the log, joined with the lives of their deliveries, as the noun's columns beside:

    `source_id`, `_key` and `_period` (NULL: none); the position and the delivery's `_ordinal` and life;
    `_effective_at` from which it holds (the delivery's date where it does not say) and `_ordered_at` (NULL: not said);
    `_reasons`, empty when the record is accepted.
    """
    told = source.effective_from if noun.history == "scd2" else None
    # One projection upon the other: what the next one needs twice is reckoned once.
    texts = records.withColumns(
        {_text(c): text_of(source.cells.get(c.name, ABSENT)) for c in noun.columns}
    ).withColumns({"_told_at": text_of(_cell(told)), "_effective_at": _instant(source, told)})
    typed = texts.withColumns({c.name: _typed(source, c) for c in noun.columns})
    return typed.select(
        *(column.name for column in noun.columns),
        F.lit(source.source_id).alias("source_id"),
        stored_key(noun).alias("_key"),
        period_of(source).alias("_period"),
        F.coalesce(F.col("_effective_at"), F.col("_as_of").cast("timestamp")).alias("_effective_at"),
        _instant(source, source.order_column).alias("_ordered_at"),
        _reasons(source, noun).alias("_reasons"),
        *POSITION,
        *("_ordinal", "_life_from", "_life_to"),
    )


def with_content(records: DataFrame, noun: Noun) -> DataFrame:
    """`records` of a noun with `quality_flags` (the flags raised) and `_content_hash` (equal content, equal hash)."""
    return records.withColumns({"quality_flags": _flags(noun), "_content_hash": content_hash(noun)})


def content_hash(noun: Noun) -> Column:
    """Of what a row of the noun says: equal content, equal hash."""
    return F.sha2(F.to_json(F.struct(*(column.name for column in noun.columns))), 256)


def record_hash(source: Source) -> Column:
    """Of a record as delivered, from its cells under their own names."""
    return F.sha2(F.to_json(F.struct(*(F.col(f"`{column}`") for column in source.columns))), 256)


def quarantined_members(quarantine: DataFrame, source: Source, noun: Noun) -> DataFrame:
    """`source_id`, `_key` and `_period` of quarantined records with their delivery; NULL where cells do not tell."""
    named = [F.try_element_at("cells", F.lit(name)).alias(name) for name in source.naming_columns]
    cells = quarantine.select(*DELIVERY, "_file_period", *named)
    is_told = reduce(Column.__and__, (value.isNotNull() for value in _key_values(source, noun).values()))
    return cells.select(
        F.lit(source.source_id).alias("source_id"),
        *DELIVERY,
        F.when(is_told, key_of(source, noun)).alias("_key"),
        period_of(source).alias("_period"),
    )


def _text(column: NounColumn) -> str:
    return f"_text_{column.name}"


def _cell(column: str | None) -> Cell:
    return Cell(column, None, None, None, None)


def _typed(source: Source, column: NounColumn) -> Column:
    return value_of(F.col(_text(column)), column, source.cells.get(column.name, ABSENT), source.origin)


def _key_values(source: Source, noun: Noun) -> dict[str, Column]:
    return {column.name: _value(source, column) for column in noun.columns if column.name in noun.key}


def _value(source: Source, column: NounColumn) -> Column:
    cell = source.cells[column.name]
    return value_of(text_of(cell), column, cell, source.origin)


def _reasons(source: Source, noun: Noun) -> Column:
    broken = [
        broken_rule(F.col(_text(column)), F.col(column.name), column, source.cells.get(column.name, ABSENT))
        for column in noun.columns
    ]
    if noun.entries:
        broken.append(missing(noun.entries))
    refused = F.col("_told_at").isNotNull() & F.col("_effective_at").isNull()
    return _those_told([*broken, F.when(refused, F.lit("instant:effective_from"))])


def _flags(noun: Noun) -> Column:
    raised = [F.when(F.expr(condition), F.lit(flag)) for flag, condition in noun.quality_flags.items()]
    return _those_told(raised)


def _those_told(names: Sequence[Column]) -> Column:
    """The names that are not NULL, as an array. Of this Spark makes code; an array it would filter row by row."""
    joined = F.concat_ws(" ", *names)
    return F.when(joined == "", F.array().cast("array<string>")).otherwise(F.split(joined, " "))


def _instant(source: Source, column: str | None) -> Column:
    """A column of the record as an instant, by the format the mapping states for it anywhere, else ISO 8601."""
    if column is None:
        return F.lit(None).cast("timestamp")
    stated = next((cell.format for cell in source.cells.values() if cell.column == column and cell.format), None)
    text = text_of(_cell(column))
    return F.try_to_timestamp(text, F.lit(stated)) if stated else text.try_cast("timestamp")
