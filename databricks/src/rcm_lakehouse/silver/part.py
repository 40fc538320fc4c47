"""What one source has to say to its noun."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import Life, Position, life_rows, lives, reign_rows, reigns
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import Noun, Source
from rcm_lakehouse.silver import inputs
from rcm_lakehouse.silver.arrived import Arrived
from rcm_lakehouse.transforms.beliefs import REPLACING
from rcm_lakehouse.transforms.mapping import DELIVERY, key_of, period_of, quarantined_members, to_noun, with_content
from rcm_lakehouse.transforms.spans import MEMBER
from rcm_lakehouse.transforms.touched import compared, holding, touched_members

type Groups = Mapping[Position, Iterable[str]]
"""By delivery the groups it speaks of: periods, or "" for all of the source."""


@dataclass(frozen=True, slots=True)
class Part:
    """One source's log and quarantined members, joined with the lives of their deliveries.

    `groups` says what each delivery speaks of, `torn` which have a record that tells no member, `reigns` which was the
    newest to say who is missing when; `touched` which members may change (None: all).
    """

    source: Source
    noun: Noun
    kind: str
    log: DataFrame
    quarantined: DataFrame
    lives: DataFrame
    groups: Groups
    torn: Set[Position]
    reigns: DataFrame
    touched: DataFrame | None

    def records(self, members: DataFrame | None = None) -> DataFrame:
        """The records of the log, mapped; `members`: of these alone, whom to find costs less than to map them all."""
        log = self.log
        if members is not None:
            mine = members.where(F.col("source_id") == self.source.source_id).select("_key")
            log = log.withColumn("_key", key_of(self.source, self.noun)).join(mine, "_key", "left_semi").drop("_key")
        return to_noun(log, self.source, self.noun)


def part_of(lake: Lake, noun: Noun, arrived: Arrived, stored: DataFrame | None) -> Part:
    """Lays out, running nothing but the look-up of periods and torn deliveries, what the source says of its members.

    `stored`: the noun's silver, None where there is none yet.
    """
    source = arrived.source
    lived = lives(arrived.deliveries)
    kind = _kind(source, lived)
    log = inputs.log(lake, source, arrived.deliveries)
    may_be_missed = kind in REPLACING and any(d.quarantined_count for d in arrived.deliveries)
    held = inputs.quarantine(lake, source, arrived.deliveries) if may_be_missed else inputs.no_quarantine(lake)
    unaccepted = quarantined_members(held, source, noun)
    torn = _torn(unaccepted) if may_be_missed else frozenset()
    quarantined = unaccepted.where("_key IS NOT NULL")
    groups = _groups(log, quarantined, lived, arrived, kind)
    stood = life_rows(lake.spark, lived, torn)
    of_life = F.broadcast(stood.drop("source_id", "_is_torn"))
    part = Part(
        source=source,
        noun=noun,
        kind=kind,
        log=log.join(of_life, DELIVERY),
        quarantined=quarantined.join(of_life, DELIVERY),
        lives=stood,
        groups=groups,
        torn=torn,
        reigns=reign_rows(lake.spark, source.source_id, reigns(lived, groups, torn)),
        touched=_touched(log, quarantined, groups, arrived, kind, noun),
    )
    return part if stored is None else _without_repetition(part, arrived, stored)


def _touched(
    log: DataFrame, quarantined: DataFrame, groups: Groups, arrived: Arrived, kind: str, noun: Noun
) -> DataFrame | None:
    if kind == "full":
        return None
    new = arrived.file_versions
    spoken_of = sorted({group for position, mine in groups.items() if position[0] in new for group in mine})
    return touched_members(log, quarantined, new, spoken_of, arrived.source, noun)


def _without_repetition(part: Part, arrived: Arrived, stored: DataFrame) -> Part:
    """The part, touching no member of whom its one new delivery repeats what silver holds."""
    if arrived.successor is None:
        return part
    has_arrived = F.col("_file_version_id") == arrived.successor.file_version_id
    said = with_content(part.records().where(has_arrived), part.noun)
    mine = stored.where(F.col("source_id") == part.source.source_id)
    told = compared(said, part.quarantined.where(has_arrived), holding(mine, part.noun), part.kind, part.noun)
    if part.touched is not None and part.kind == "period":
        return replace(part, touched=part.touched.join(told.where("_repeats"), MEMBER, "left_anti"))
    return replace(part, touched=told.where("NOT _repeats").select(*MEMBER))


def _kind(source: Source, lived: Sequence[Life]) -> str:
    """The delivery kind; of a source that ever delivered once, what comes to the same and costs less."""
    return "delta" if len(lived) == 1 and source.delivery_kind in REPLACING else source.delivery_kind


def _groups(log: DataFrame, quarantined: DataFrame, lived: Iterable[Life], arrived: Arrived, kind: str) -> Groups:
    if kind not in REPLACING:
        return {}
    if kind == "full":
        return {life.position: [""] for life in lived}
    if arrived.source.period_column is None:
        return {(d.file_version_id, d.generation): [d.period or ""] for d in arrived.deliveries}
    return _named_periods(log, quarantined, arrived.source)


def _torn(unaccepted: DataFrame) -> Set[Position]:
    """Deliveries with a quarantined record that tells no member: it could not be split, or its key is empty."""
    rows = unaccepted.where("_key IS NULL").select(*DELIVERY).distinct().collect()
    return {(file_version_id, generation) for file_version_id, generation in rows}


def _named_periods(log: DataFrame, quarantined: DataFrame, source: Source) -> Groups:
    named = log.select(*DELIVERY, period_of(source).alias("_period"))
    rows = named.unionByName(quarantined.select(*named.columns)).distinct().collect()
    groups: dict[Position, list[str]] = {}
    for file_version_id, generation, period in rows:
        groups.setdefault((file_version_id, generation), []).append(period or "")
    return groups
