"""The account ledger and the payables brought up to silver: only what changed there is entered anew."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import reduce

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.silver_tables import silver_rows
from rcm_lakehouse.lake import Lake, unless_gap
from rcm_lakehouse.ledger.lines import TABLES, lines, source_key
from rcm_lakehouse.ledger.rules import EntryRules
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.metadata import Metadata, Noun
from rcm_lakehouse.parallel import each
from rcm_lakehouse.report import TableReport
from rcm_lakehouse.transforms.differences import differences

TAKEN_IN = "gold.ledger_input"
"""Which version of each silver table the books stand on, and by which rules; written after the books."""
TAKEN_IN_SCHEMA = "noun string, version bigint, rules_id string"

ENTERING_RULES_VERSION = 1
"""Raised when the code that makes lines changes its meaning: all are then entered anew."""

ROW = ["source_id", "source_key"]

type TakenIn = Mapping[str, tuple[int, str]]
"""By noun the version of its silver that the books hold, and by which rules."""


@dataclass(frozen=True, slots=True)
class News:
    """A noun whose silver is newer than what the books hold of it. `since`: the version they hold, None: all is new."""

    noun: Noun
    rules: EntryRules
    since: int | None
    version: int

    @property
    def table(self) -> str:
        return f"silver.{self.noun.name}"


def enter(lake: Lake, metadata: Metadata) -> tuple[list[TableReport], list[tuple[str, str]]]:
    """Brings the books up to silver: reports of what was written, and which table came from which.

    Each book is one commit. The result depends on silver alone, so a repeat, or a start after a crash, finds nothing
    left to change. Where no source feeds a book there is no table of it.
    """
    taken_in = _taken_in(lake)
    news = _news(lake, metadata, taken_in)
    by_book = {book: mine for book in TABLES if (mine := [one for one in news if one.rules.book == book])}
    taken_in = _forget(lake, news, taken_in)
    reports = each(lambda book: _bring_up(lake, TABLES[book], by_book[book]), by_book)
    if news:
        _record(lake, news, taken_in)
    return [report for report in reports if report], [(one.table, TABLES[one.rules.book]) for one in news]


def stated_lines(lake: Lake, metadata: Metadata) -> DataFrame | None:
    """The lines of the account ledger as silver states them now; None where nothing feeds it."""
    fed = [(noun, rules) for noun, rules in _fed(lake, metadata) if rules.book == "account"]
    return _union(lines(silver_rows(lake, noun), noun, rules) for noun, rules in fed) if fed else None


def _fed(lake: Lake, metadata: Metadata) -> list[tuple[Noun, EntryRules]]:
    ruled = [(noun, noun.entries) for noun in metadata.nouns.values() if noun.entries]
    return [(noun, rules) for noun, rules in ruled if lake.exists(f"silver.{noun.name}")]


def _news(lake: Lake, metadata: Metadata, taken_in: TakenIn) -> list[News]:
    fed = _fed(lake, metadata)
    versions = each(lambda one: lake.version(f"silver.{one[0].name}"), fed)
    found = []
    for (noun, rules), version in zip(fed, versions, strict=True):
        since, rules_id = taken_in.get(noun.name, (None, ""))
        # A book that was deleted, or a table that was made anew, is not what the note was about.
        stands = lake.exists(TABLES[rules.book]) and rules_id == _rules_id(rules)
        told = since if stands and since is not None and version is not None and since <= version else None
        if version is not None and version != told:
            found.append(News(noun, rules, told, version))
    return found


def _bring_up(lake: Lake, table: str, news: list[News]) -> TableReport | None:
    first = not lake.exists(table)
    touched = {one.noun.name: None if first else _touched(lake, one) for one in news}
    wanted = _union(lines(_rows(lake, one, touched[one.noun.name]), one.noun, one.rules) for one in news)
    if first:
        written = lake.append(table, wanted)
        return TableReport(written, written.inserted)
    entered = lake.read(table)
    stored = _union(_of(entered.where(F.col("noun") == name), members) for name, members in touched.items())
    staged = lake.stage(table, differences(stored, wanted, ["line_id"]))
    merged = lake.merge(table, staged, ["line_id"])
    return TableReport(merged, sum(staged.counts.values())) if merged else None


def _touched(lake: Lake, one: News) -> DataFrame | None:
    """`source_id` and `source_key` of rows that changed since; None: all, or nobody knows which."""
    if one.since is None:
        return None
    changed = lake.changes(one.table, one.since).select("source_id", source_key(one.noun).alias("source_key"))
    return unless_gap(lambda: lake.set_aside(f"ledger.{one.noun.name}.touched", changed.distinct()))


def _rows(lake: Lake, one: News, touched: DataFrame | None) -> DataFrame:
    rows = silver_rows(lake, one.noun)
    if touched is None:
        return rows
    return _of(rows.withColumn("source_key", source_key(one.noun)), touched).drop("source_key")


def _of(rows: DataFrame, members: DataFrame | None) -> DataFrame:
    return rows if members is None else rows.join(members, ROW, "left_semi")


def _taken_in(lake: Lake) -> TakenIn:
    if not lake.exists(TAKEN_IN):
        return {}
    return {row["noun"]: (row["version"], row["rules_id"]) for row in lake.read(TAKEN_IN).collect()}


def _forget(lake: Lake, news: Iterable[News], taken_in: TakenIn) -> TakenIn:
    """What the books hold but for nouns that are to be entered anew, noted before that begins.

    After a crash in between, whatever the rules are by then, they are entered once more.
    """
    anew = {one.noun.name for one in news if one.since is None}
    kept = {noun: taken for noun, taken in taken_in.items() if noun not in anew}
    if len(kept) < len(taken_in):
        _note(lake, kept)
    return kept


def _record(lake: Lake, news: Iterable[News], taken_in: TakenIn) -> None:
    _note(lake, {**taken_in, **{one.noun.name: (one.version, _rules_id(one.rules)) for one in news}})


def _note(lake: Lake, now: TakenIn) -> None:
    rows = [(noun, *taken) for noun, taken in sorted(now.items())]
    lake.replace(TAKEN_IN, local_rows(lake.spark, rows, TAKEN_IN_SCHEMA).coalesce(1))


def _rules_id(rules: EntryRules) -> str:
    return f"{ENTERING_RULES_VERSION}-{rules.rules_id}"


def _union(frames: Iterable[DataFrame]) -> DataFrame:
    return reduce(DataFrame.unionByName, frames)
