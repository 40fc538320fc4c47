"""Which source a blob in landing belongs to: by its name alone."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.model.source import SourceDefinition
from shared.model.violation import Tier, Violation

UNKNOWN_PATH = "unknown_path"
AMBIGUOUS_PATH = "ambiguous_path"


@dataclass(frozen=True, slots=True)
class Identified:
    """The one source that claims a path, and what the path says: the text of each placeholder by name."""

    source_id: str
    path_values: Mapping[str, str]


def identify(blob_name: str, sources: Mapping[str, SourceDefinition]) -> Identified | Violation:
    """The source whose pattern matches the whole name; a structural violation where none or several do."""
    matches = [
        Identified(source_id, values)
        for source_id, source in sources.items()
        if (values := source.path_pattern.match(blob_name)) is not None
    ]
    if len(matches) == 1:
        return matches[0]
    return Violation(Tier.STRUCTURAL, AMBIGUOUS_PATH if matches else UNKNOWN_PATH, "", None)
