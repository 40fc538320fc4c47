"""The star brought up to what it is made of: a table is left, built whole, or renewed for the members that changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.build import ByMember, GoldTable, column_comments
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.gold.stand import Stand, newer_inputs, record_stands, stands
from rcm_lakehouse.gold.touched import BOUND, rebound_members
from rcm_lakehouse.lake import Lake, State, Written, described, unless_gap
from rcm_lakehouse.parallel import each
from rcm_lakehouse.transforms.differences import differences

SMALL_BYTES = 500_000_000
"""Of inputs that are smaller a table is built whole: that costs less than to find, compare and merge what changed.

With 2 % changed, gold took in CPU seconds of `make bench-medallion` by changes 98 at x10 (inputs of 20 to 80 MB) and
201 at x50 (100 to 300 MB); whole it took 75 and 153.
"""

type Feed = tuple[str, int]
"""A table and the version after which its changes count."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A table, its inputs as they are, and which of these changed since which version; None: it is built whole."""

    table: GoldTable
    inputs: Mapping[str, State]
    since: Mapping[str, int] | None

    @property
    def name(self) -> str:
        return f"gold.{self.table.name}"

    @property
    def feeds(self) -> list[Feed]:
        """The changes that can touch it: what facts are bound to by a dimension without versions never changes."""
        return [feed for feed in (self.since or {}).items() if feed[0].startswith("silver.") or feed[0] in BOUND]


class Star:
    """The tables of gold during a run. `rules` name all but the inputs that decides on their rows."""

    def __init__(self, lake: Lake, silver: Silver, rules: str) -> None:
        self._lake = lake
        self._silver = silver
        self._rules = rules
        self._noted = stands(lake)
        self._states: dict[str, State | None] = {}
        self._left: dict[str, Stand] = {}

    def bring_up(self, tables: Sequence[GoldTable]) -> list[Written | None]:
        """What was written of each table, None of one that held what it should. Their inputs are brought up already."""
        named = {name for table in tables for name in (*table.made_of, f"gold.{table.name}")}
        self._look_at(named - set(self._states))
        plans = [self._plan(table) for table in tables]
        feeds = self._laid_out({feed for plan in plans for feed in plan.feeds})
        written = each(lambda plan: self._carry_out(plan, feeds), plans)
        self._note({plan.name: one for plan, one in zip(plans, written, strict=True) if one})
        for plan in plans:
            became = self._states[plan.name]
            if became:
                self._left[plan.name] = Stand(became, plan.inputs, self._rules_of(plan.table))
        return written

    def record(self) -> None:
        """Notes what each table stands on, unless that is what was noted."""
        now = self._noted | self._left
        if now != self._noted:
            record_stands(self._lake, now)

    def _look_at(self, names: set[str]) -> None:
        self._states.update(zip(sorted(names), each(self._lake.state, sorted(names)), strict=True))

    def _note(self, written: Mapping[str, Written]) -> None:
        """What a write left needs no look, but where it made the table: only its version is another then."""
        for name, one in written.items():
            state = self._states[name]
            self._states[name] = replace(state, version=one.version_after) if state else self._lake.state(name)

    def _rules_of(self, table: GoldTable) -> str:
        return f"{self._rules} as of {table.as_of}" if table.as_of else self._rules

    def _plan(self, table: GoldTable) -> Plan:
        inputs = {name: state for name in table.made_of if (state := self._states[name])}
        name = f"gold.{table.name}"
        became = self._states[name]
        if became is None:
            return Plan(table, inputs, None)
        now = Stand(became, inputs, self._rules_of(table))
        since = newer_inputs(self._lake, name, self._noted.get(name), now)
        is_small = sum(state.size_bytes for state in inputs.values()) < SMALL_BYTES
        return Plan(table, inputs, None if since and (is_small or not table.by_member) else since)

    def _laid_out(self, feeds: set[Feed]) -> Mapping[Feed, DataFrame | None]:
        """Each feed read once, however many tables are made of it; None of one with a gap."""
        return dict(each(self._lay_out, enumerate(sorted(feeds))))

    def _lay_out(self, numbered: tuple[int, Feed]) -> tuple[Feed, DataFrame | None]:
        number, (table, since) = numbered
        changed = self._lake.changes(table, since)
        rows = rebound_members(changed, BOUND[table]) if table in BOUND else changed
        return (table, since), unless_gap(lambda: self._lake.set_aside(f"feed.{number}", rows))

    def _carry_out(self, plan: Plan, feeds: Mapping[Feed, DataFrame | None]) -> Written | None:
        news = {feed[0]: rows for feed in plan.feeds if (rows := feeds[feed]) is not None}
        if plan.since is None or len(news) < len(plan.feeds):
            rows = described(plan.table.build(self._silver), column_comments(self._silver, plan.table.name))
            return self._lake.replace(plan.name, rows)
        return self._renew(plan.name, plan.table.by_member, news) if news and plan.table.by_member else None

    def _renew(self, name: str, table: ByMember, news: Mapping[str, DataFrame]) -> Written | None:
        touched = table.touched(self._silver, news)
        members, counts = self._lake.count_aside(f"{name}.touched", touched, members=F.lit(True))
        if not counts["members"]:
            return None
        stored = self._lake.read(name).join(members, list(table.members), "left_semi")
        wanted = table.build(self._silver, members)
        return self._lake.merge(name, self._lake.stage(name, differences(stored, wanted, table.key)), table.key)
