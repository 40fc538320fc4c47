"""What each table of the star stands on: the states of the tables it was made of, and of itself when that was done."""

from collections.abc import Mapping
from dataclasses import dataclass

from rcm_lakehouse.lake import MAINTENANCE, Lake, State
from rcm_lakehouse.local_rows import local_rows

STANDS_ON = "gold.star_input"
"""Written after the tables it tells of: after a crash between the two, a table is taken for one that nobody knows."""
STANDS_ON_SCHEMA = "table string, input string, table_id string, version bigint, rules string"


@dataclass(frozen=True, slots=True)
class Stand:
    """A gold table as it was left: `became` its state, `inputs` those of the tables that there were, by which rules."""

    became: State
    inputs: Mapping[str, State]
    rules: str


def stands(lake: Lake) -> dict[str, Stand]:
    """What is noted, by gold table."""
    if not lake.exists(STANDS_ON):
        return {}
    found: dict[str, dict[str, State]] = {}
    rules: dict[str, str] = {}
    for table, name, table_id, version, by in lake.read(STANDS_ON).select("*").collect():
        found.setdefault(table, {})[name] = State(table_id, version)
        rules[table] = by
    return {table: Stand(states.pop(table), states, rules[table]) for table, states in found.items()}


def record_stands(lake: Lake, now: Mapping[str, Stand]) -> None:
    """Notes what every table stands on, in the place of what was noted."""
    rows = [
        (table, name, state.table_id, state.version, stand.rules)
        for table, stand in sorted(now.items())
        for name, state in sorted({**stand.inputs, table: stand.became}.items())
    ]
    lake.replace(STANDS_ON, local_rows(lake.spark, rows, STANDS_ON_SCHEMA).coalesce(1))


def newer_inputs(lake: Lake, table: str, stand: Stand | None, now: Stand) -> dict[str, int] | None:
    """Each input that changed since, with the version that the table stands on; None where it must be built whole.

    That is so when it was never built or by other rules, when somebody else wrote it, and when it or an input was made
    anew: then no change feed leads from what it holds to what it should.
    """
    if stand is None or stand.rules != now.rules or set(stand.inputs) != set(now.inputs):
        return None
    if not _is_as_left(lake, table, stand.became, now.became):
        return None
    pairs = {name: (stand.inputs[name], state) for name, state in now.inputs.items()}
    if any(was.table_id != state.table_id or was.version > state.version for was, state in pairs.values()):
        return None
    return {name: was.version for name, (was, state) in pairs.items() if was.version < state.version}


def _is_as_left(lake: Lake, table: str, left: State, now: State) -> bool:
    if left.table_id != now.table_id or left.version > now.version:
        return False
    later = lake.history(table, now.version - left.version) if now.version > left.version else []
    return all(commit["operation"] in MAINTENANCE for commit in later)
