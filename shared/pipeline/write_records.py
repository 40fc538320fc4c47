"""Writes the records that a timer brought as a file of their source."""

import csv
import json
from collections.abc import Iterable, Mapping
from io import StringIO

from shared.model.file_format import FileKind
from shared.model.source import SourceDefinition


def write_records(source: SourceDefinition, records: Iterable[Mapping[str, str]]) -> bytes:
    """UTF-8 CSV or JSON lines, as the source's format says; a value that is missing is an empty cell or left out."""
    return _json_lines(records) if source.format.kind is FileKind.JSON_LINES else _csv(source, records)


def _csv(source: SourceDefinition, records: Iterable[Mapping[str, str]]) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, source.columns, delimiter=source.format.delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def _json_lines(records: Iterable[Mapping[str, str]]) -> bytes:
    return "".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records).encode()
