"""Records of JSON → a block: a text column for every declared property, the record's own text, and how cells are meant.

Plain lines are read all at once; the others one by one, with their values kept.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyarrow as pa

from shared.model.file_format import FileFormat
from shared.pipeline.block import RECORD_COLUMN, Block, Kinds, Unsplit
from shared.pipeline.formats.flat_json import LITERAL, Lines, Values, flat_values
from shared.pipeline.formats.json_keys import KeyTable
from shared.pipeline.formats.json_text import NotReadableError, parse, text_of
from shared.pipeline.formats.spans import text_column
from shared.pipeline.formats.text_columns import check_lengths
from shared.pipeline.schema.json_value import Json

NULL: Final = ord("n")
BLANKS: Final = " \t\r"


def json_block(texts: Sequence[str], file_format: FileFormat) -> Block:
    """The block of the records with these texts, each parsed by itself."""
    block = _one_by_one(list(enumerate(texts, 1)), file_format.columns)
    check_lengths(block.records.drop_columns([RECORD_COLUMN]), file_format.limits)
    return block


def json_lines_block(text: bytes, keys: KeyTable | None, file_format: FileFormat) -> Block:
    """The block of the records in these lines; `keys` is None where the names are too odd to be found at once."""
    if keys is None:
        return json_block([line for each in text.decode().split("\n") if (line := each.strip(BLANKS))], file_format)
    lines = Lines.of(text)
    flat = flat_values(lines, keys)
    blank = [number for number in np.flatnonzero(~flat.regular) if not _text(lines, number).strip(BLANKS)]
    filled = np.ones(len(lines.starts), bool)
    filled[blank] = False
    numbers = np.cumsum(filled)
    together = _all_at_once(lines, flat.regular, flat.values, file_format.columns, numbers)
    odd = [(int(numbers[at]), _text(lines, at).strip(BLANKS)) for at in np.flatnonzero(~flat.regular & filled)]
    block = _merged(together, _one_by_one(odd, file_format.columns)) if odd else together
    check_lengths(block.records.drop_columns([RECORD_COLUMN]), file_format.limits)
    return block


def _text(lines: Lines, number: np.integer[Any]) -> str:
    return lines.text[lines.starts[number] : lines.ends[number]].tobytes().decode()


def _all_at_once(lines: Lines, regular: Any, values: tuple[Values, ...], names: tuple[str, ...], numbers: Any) -> Block:
    rows = np.flatnonzero(regular)
    starts, count = lines.starts[rows], len(rows)
    columns = [text_column(lines.text, starts, lines.ends[rows] - starts, np.ones(count, bool))]
    place = np.cumsum(regular) - 1
    kinds: dict[str, Kinds] = {}
    for name, found in zip(names, values, strict=True):
        kind, first, length = _by_row(found, regular, place, count)
        told = (kind > 0) & ~((kind == LITERAL) & (lines.text[first] == NULL))
        columns.append(text_column(lines.text, first, length, told))
        kinds[name] = kind
    records = pa.RecordBatch.from_arrays(columns, [RECORD_COLUMN, *names])
    return Block(records, pa.array(numbers[rows], pa.int64()), kinds=kinds, instances={})


def _by_row(found: Values, regular: Any, place: Any, count: int) -> tuple[Kinds, Any, Any]:
    """Kind, start and length of the property's value in each regular row; kind 0 where it has none."""
    lengths = found.ends - found.starts
    if len(found.lines) == count == len(regular):
        return found.kinds, found.starts, lengths
    kept = regular[found.lines]
    at = place[found.lines[kept]]
    kind, first, length = np.zeros(count, np.uint8), np.zeros(count, np.int64), np.zeros(count, np.int64)
    kind[at], first[at], length[at] = found.kinds[kept], found.starts[kept], lengths[kept]
    return kind, first, length


def _one_by_one(numbered: list[tuple[int, str]], names: tuple[str, ...]) -> Block:
    values: list[tuple[int, str, Any]] = []
    unsplit: list[Unsplit] = []
    for number, text in numbered:
        try:
            values.append((number, text, _value(text)))
        except NotReadableError as reason:
            unsplit.append(Unsplit(number, str(reason), text))
    objects = [value if isinstance(value, dict) else {} for _, _, value in values]
    columns = [pa.array([_cell(each, name) for each in objects], pa.string()) for name in names]
    own = pa.array([text for _, text, _ in values], pa.string())
    records = pa.RecordBatch.from_arrays([own, *columns], [RECORD_COLUMN, *names])
    numbers = pa.array([number for number, _, _ in values], pa.int64())
    kinds = {name: np.zeros(len(values), np.uint8) for name in names}
    return Block(records, numbers, tuple(unsplit), kinds=kinds, instances=dict(enumerate(v for _, _, v in values)))


def _merged(one: Block, other: Block) -> Block:
    """Both, in the order of their numbers."""
    numbers = np.concatenate([one.row_numbers.to_numpy(), other.row_numbers.to_numpy()])
    order = np.argsort(numbers, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    records = pa.concat_batches([one.records, other.records]).take(pa.array(order))
    kinds = {name: np.concatenate([kind, other.kinds[name]])[order] for name, kind in one.kinds.items()}
    moved = {int(place[one.records.num_rows + at]): value for at, value in other.instances.items()}
    return Block(records, pa.array(numbers[order]), (*one.unsplit, *other.unsplit), kinds=kinds, instances=moved)


def _value(text: str) -> Json:
    value = parse(text)
    if "\\u" in text:
        _refuse_surrogates(text_of(value))
    return value


def _refuse_surrogates(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise NotReadableError("not_unicode") from None


def _cell(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    return None if value is None else text_of(value)
