"""Records of JSON → a block: the value of each, its text, and a text column for every declared property."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from shared.model.file_format import FileFormat
from shared.pipeline.block import RECORD_COLUMN, Block, Unsplit
from shared.pipeline.formats.json_text import NotReadableError, parse, text_of
from shared.pipeline.formats.text_columns import check_lengths
from shared.pipeline.schema.json_value import Json


def json_block(texts: Sequence[str], file_format: FileFormat) -> Block:
    """The block of the records with these texts."""
    numbers: list[int] = []
    kept: list[str] = []
    values: list[Any] = []
    unsplit: list[Unsplit] = []
    for number, text in enumerate(texts, 1):
        try:
            values.append(_value(text))
        except NotReadableError as reason:
            unsplit.append(Unsplit(number, str(reason), text))
            continue
        numbers.append(number)
        kept.append(text)
    records = _columns(values, kept, file_format.columns)
    check_lengths(records.drop_columns([RECORD_COLUMN]), file_format.limits)
    return Block(records, pa.array(numbers, pa.int64()), tuple(unsplit), instances=values)


def _value(text: str) -> Json:
    value = parse(text)
    if "\\u" in text or "\\U" in text:
        _refuse_surrogates(text_of(value))
    return value


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotReadableError("not_unicode") from None


def _columns(values: list[Any], texts: list[str], names: tuple[str, ...]) -> pa.RecordBatch:
    objects = [value if isinstance(value, dict) else {} for value in values]
    columns = [pa.array([_cell(each, name) for each in objects], pa.string()) for name in names]
    return pa.RecordBatch.from_arrays([pa.array(texts, pa.string()), *columns], [RECORD_COLUMN, *names])


def _cell(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    return None if value is None else text_of(value)
