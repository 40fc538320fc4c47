"""Lands the records that a timer brought: the file's name follows from day and content, so a second try repeats it."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256

from shared.errors import PermanentError
from shared.model.file_version import LANDING
from shared.model.source import SourceDefinition
from shared.pipeline.name_file import name_file
from shared.pipeline.write_records import write_records
from shared.ports import Ports

STAMP_LENGTH = 16


def bring_records(
    ports: Ports, source: SourceDefinition, day: date, records: Iterable[Mapping[str, str]], known: str = ""
) -> str:
    """Returns the content's hash, 64 hex digits, once its file is durable; writes nothing when that is `known`.

    PermanentError for no records at all: a publisher never means that.
    """
    records = list(records)
    if not records:
        raise PermanentError("empty_set", source.source_id)
    content = write_records(source, records)
    digest = sha256(content).hexdigest()
    if digest != known:
        path = name_file(source.path_pattern, day, digest[:STAMP_LENGTH])
        with ports.files.stage(LANDING, path) as sink:
            sink.write(content)
    return digest
