"""What an extract's metadata says must make sense against the source that its files become."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from shared.model.extract import Extract, IncrementalPull
from shared.model.file_format import FileKind
from shared.model.source import SourceDefinition
from shared.model.table_query import WatermarkType
from shared.pipeline.name_file import can_name_files

_SHORTEST_OVERLAP = {WatermarkType.DATE: timedelta(days=1), WatermarkType.INSTANT: timedelta(seconds=1)}


def check_extract(extract: Extract, sources: Mapping[str, SourceDefinition]) -> Iterator[str]:
    """Every rule of sense that an extract breaks, as `key: text` with the known values."""
    source = sources.get(extract.target_source)
    if source is None:
        yield f"target_source: {extract.target_source} is no source; known are {', '.join(sources)}"
        return
    unknown = sorted(set(extract.columns) - set(source.columns))
    if unknown:
        yield f"columns: {', '.join(unknown)} is no column of the record schema; known are {', '.join(source.columns)}"
    if (source.format.kind, source.format.delimiter) != (FileKind.CSV, ","):
        yield "target_source: an extract writes CSV with commas, and the source's format is another"
    if not can_name_files(source.path_pattern):
        yield "target_source: its path_pattern must have {any}, and no placeholder but dates and months"
    if isinstance(extract.pull, IncrementalPull):
        shortest = _SHORTEST_OVERLAP[extract.pull.watermark_type]
        if extract.pull.overlap < shortest:
            yield f"pull/overlap: must be at least {shortest} for a watermark of type {extract.pull.watermark_type}"
