"""Which published figures move, and by how much, if a file version is withdrawn: of every file that stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import DELIVERIES, recorded
from rcm_lakehouse.kpis.definitions import Kpi
from rcm_lakehouse.kpis.feeds import SHARED_FEEDS, Choice, choices
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.sums import Place, sums_by_place
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.trace.beside import FAMILIES, Beside
from rcm_lakehouse.trace.catalogue import SIDES, Catalogue, figures_of
from rcm_lakehouse.trace.without_file import StandingFile, changed_without, standing_files

FIGURE = ["hospital", "period", "kpi_id", "bucket", "dimension", "member"]

TOTAL = "decimal(38,2)"

SIDE_SCHEMA = "number int, hospital string, kpi_id string, bucket string, side string"
NAME_SCHEMA = "_without int, file_version_id string"
CEASED = {"_without": "int", "kpi_id": "string", "hospital": "string"}

FILE_SCHEMA = (
    "file_version_id string, generation int, source_id string, not_told array<string>, "
    "ceases array<struct<kpi_id: string, hospital: string>>"
)


@dataclass(frozen=True, slots=True)
class Impact:
    """`files`: every file that stands, with the relations that are `not_told` of it and the KPIs that it `ceases`;

    `figures`: what moves, None where nothing can.
    """

    files: DataFrame
    file_count: int
    figures: DataFrame | None


def file_impact(
    lake: Lake, metadata: Metadata, known: Known, kpis: Sequence[Kpi], catalogue: Catalogue, span: Span
) -> Impact:
    """Of all standing files, on the figures of `gold.kpi`; `known` is what holds now.

    A row of `Impact.figures` is a figure (`FIGURE`) that a file (`file_version_id`) moves: its numerator and
    denominator, what the file's withdrawal adds to each, `multiplier` and `unit`. A slice that has no denominator,
    before or after, is no figure.
    """
    deliveries = recorded(lake.read(DELIVERIES))
    files = standing_files(metadata, deliveries)
    told = [one for one in files if one.noun not in SHARED_FEEDS]
    read = {noun for family in FAMILIES for noun in family.nouns}
    changed = {}
    for noun in sorted({one.noun for one in told} & read):
        sources = [metadata.sources[name] for name in sorted({one.source_id for one in told if one.noun == noun})]
        changed[noun] = changed_without(lake, metadata.nouns[noun], sources, deliveries, told)
    ceased = {one.number: _ceased(one, files, kpis, catalogue.chosen) for one in files}
    rows = [
        (one.file_version_id, one.generation, one.source_id, _not_told(one, catalogue), ceased[one.number])
        for one in files
    ]
    moved = _moved(lake, metadata, catalogue, span, changed)
    if moved is not None:
        now = sums_by_place(known, span, list(catalogue.columns), catalogue.sliced)
        moved = _figures(lake, moved, now, catalogue, told, ceased)
    return Impact(local_rows(lake.spark, rows, FILE_SCHEMA), len(files), moved)


def _moved(
    lake: Lake, metadata: Metadata, catalogue: Catalogue, span: Span, changed: Mapping[str, DataFrame]
) -> DataFrame | None:
    """What each file's absence adds to each sum in each place: `_without`, `number`, `Place._fields`, `amount`."""
    parts = []
    for family in FAMILIES:
        wanted = [one for one in catalogue.columns if one.of in family.relations]
        if wanted and changed.keys() & set(family.nouns):
            sums = sums_by_place(Beside(lake, metadata, family, changed), span, wanted, catalogue.sliced)
            parts.append(_differences(sums, [catalogue.numbers[one] for one in wanted]))
    return reduce(DataFrame.unionByName, parts) if parts else None


def _differences(sums: DataFrame, numbers: Sequence[int]) -> DataFrame:
    world = F.split("hospital", r"\|")
    named = sums.withColumns(
        {
            "hospital": world[0],
            "_without": world[1].cast("int"),
            "amount": F.when(world[2] == "1", F.col("amount")).otherwise(-F.col("amount")),
            "number": F.element_at(F.array(*map(F.lit, numbers)), F.col("number") + 1),
        }
    )
    added = named.groupBy("_without", "number", *Place._fields).agg(F.sum("amount").cast(TOTAL).alias("amount"))
    return added.where("amount <> 0")


def _figures(
    lake: Lake, moved: DataFrame, now: DataFrame, catalogue: Catalogue, told: Sequence[StandingFile],
    ceased: Mapping[int, Sequence[tuple[str, str]]],
) -> DataFrame:  # fmt: skip
    """Sums that move as the sides of the figures they are summed for, beside what these are `now`."""
    sides = local_rows(lake.spark, figures_of(catalogue), SIDE_SCHEMA)
    names = local_rows(lake.spark, [(one.number, one.file_version_id) for one in told], NAME_SCHEMA)
    gone = [(number, *one) for number, ones in ceased.items() for one in ones]
    nothing_left = local_rows(lake.spark, gone, ", ".join(f"{name} {kind}" for name, kind in CEASED.items()))
    change = {side: f"{side}_change" for side in SIDES}
    added = _by_figure(moved, sides, "_without").withColumnsRenamed(change)
    added = added.join(F.broadcast(nothing_left), [*CEASED], "left_anti")
    whole = lake.read(KPI_TABLE).where("dimension IS NULL").select(*FIGURE[:4], "multiplier", "unit")
    beside = _joined(_joined(added, whole, FIGURE[:4], "inner"), _by_figure(now, sides), FIGURE, "left")
    full = beside.withColumns({side: F.coalesce(side, F.lit(0)).cast(TOTAL) for side in SIDES})
    shown = full.where("dimension IS NULL OR denominator <> 0 OR denominator + denominator_change <> 0")
    return shown.join(F.broadcast(names), "_without").drop("_without")


def _by_figure(sums: DataFrame, sides: DataFrame, *more: str) -> DataFrame:
    """Sums by place as numerator and denominator of the figures that are made of them."""
    of = sums.join(F.broadcast(sides), ["number", "hospital"]).groupBy(*more, *FIGURE)
    amounts = {side: F.sum(F.when(F.col("side") == side, F.col("amount"))) for side in SIDES}
    return of.agg(*(F.coalesce(amount, F.lit(0)).cast(TOTAL).alias(side) for side, amount in amounts.items()))


def _joined(left: DataFrame, right: DataFrame, keys: Sequence[str], how: str) -> DataFrame:
    """Joined by keys of which NULL is one."""
    renamed = right.withColumnsRenamed({name: f"_{name}" for name in keys})
    same = reduce(Column.__and__, (F.col(name).eqNullSafe(F.col(f"_{name}")) for name in keys))
    return left.join(renamed, same, how).drop(*(f"_{name}" for name in keys))


def _not_told(file: StandingFile, catalogue: Catalogue) -> list[str]:
    """Relations that the file may decide on but is not asked about: who payers are and what they owe by contract."""
    if file.noun not in SHARED_FEEDS:
        return []
    return [name for name in catalogue.by_relation if f"silver.{file.noun}" in RELATIONS[name].tables]


def _ceased(
    file: StandingFile, files: Iterable[StandingFile], kpis: Sequence[Kpi], chosen: Iterable[Choice]
) -> list[tuple[str, str]]:
    """KPI and hospital of figures that would be refused, or stand on another basis, for want of the file's feed."""
    others = [one for one in files if one.number != file.number]
    if any((_origin(one), one.noun) == (_origin(file), file.noun) for one in others):
        return []
    fed: dict[str, set[str]] = {}
    for one in others:
        fed.setdefault(_origin(one), set()).add(one.noun)
    then = {(one.kpi.kpi_id, one.hospital): one.definition for one in choices(kpis, fed)}
    now = {(one.kpi.kpi_id, one.hospital): one.definition for one in chosen}
    return sorted(name for name, definition in now.items() if definition != then.get(name))


def _origin(file: StandingFile) -> str:
    return file.source_id.partition("__")[0]
