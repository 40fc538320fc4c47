"""What a code set's metadata says must make sense against the source that its files become."""

from collections.abc import Iterable, Iterator, Mapping

from shared.model.code_set import CodeSet, CodesSeen, ReleaseCalendar
from shared.model.delivery import DeliveryKind
from shared.model.source import SourceDefinition
from shared.pipeline.name_file import can_name_files


def check_code_set(code_set: CodeSet, sources: Mapping[str, SourceDefinition]) -> Iterator[str]:
    """Every rule of sense that a code set breaks, as `key: text` with the known values."""
    source = sources.get(code_set.target_source)
    if source is None:
        yield f"target_source: {code_set.target_source} is no source; known are {', '.join(sources)}"
        return
    if not can_name_files(source.path_pattern):
        yield "target_source: its path_pattern must have {any}, and no placeholder but dates and months"
    wanted = _delivery(code_set)
    if source.delivery.kind is not wanted:
        yield f"target_source: what this brings is {wanted}, and the source's delivery is {source.delivery.kind}"
    if isinstance(code_set.refresh, ReleaseCalendar):
        unknown = sorted(set(code_set.refresh.columns) - set(source.columns))
        if unknown:
            yield f"refresh/columns: {', '.join(unknown)} is no column of it; known are {', '.join(source.columns)}"


def check_one_active(
    code_sets: Iterable[CodeSet], sources: Mapping[str, SourceDefinition]
) -> Iterator[tuple[str, str]]:
    """Codes have no namespace, so two publishers of one noun would overwrite each other: (code set, fault)."""
    first: dict[str, str] = {}
    for code_set in code_sets:
        if code_set.active and code_set.target_source in sources:
            noun = sources[code_set.target_source].silver.noun
            other = first.setdefault(noun, code_set.code_set_id)
            if other != code_set.code_set_id:
                yield code_set.code_set_id, f"active: {other} brings {noun} already; one of them at a time"


def _delivery(code_set: CodeSet) -> DeliveryKind:
    asks = None if isinstance(code_set.refresh, ReleaseCalendar) else code_set.refresh.asks
    return DeliveryKind.DELTA if isinstance(asks, CodesSeen) else DeliveryKind.FULL
