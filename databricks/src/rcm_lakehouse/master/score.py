"""Pairs of patients that may be one person, each with its weight and how every field compares: Splink on DuckDB."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rcm_lakehouse.master.comparisons import COMPONENT, OVERLAID, RECORD_ID, model
from rcm_lakehouse.master.rules import UNKNOWN, MatchRules
from rcm_lakehouse.master.standardise import standardise

if TYPE_CHECKING:
    import pyarrow as pa


NO_WEIGHT = -1000.0
"""Below what any pair weighs."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two patients, the smaller id first. `weight`: log2 of the odds that they are one person. `levels` by field."""

    first: str
    second: str
    weight: float
    levels: Mapping[str, str]

    @property
    def ids(self) -> tuple[str, str]:
        return (self.first, self.second)


class Scorer:
    """Patients in an engine of its own, in memory. It keeps no threads and writes nothing."""

    def __init__(self, versions: "pa.Table", rules: MatchRules) -> None:
        """`versions`: every version of every patient, in the columns of PATIENT_COLUMNS."""
        import duckdb

        self._rules = rules
        self._engine = duckdb.connect(":memory:")
        self._engine.execute("SET preserve_insertion_order = false")
        standardise(self._engine, versions, rules)

    def patients(self) -> list[str]:
        """All ids, sorted."""
        return [row[0] for row in self._engine.execute("SELECT patient_id FROM record ORDER BY patient_id").fetchall()]

    def overlaid(self) -> frozenset[str]:
        """Patients whose versions tell of two people, of other names and birthdays: one was written over another."""
        rows = self._engine.execute(f"SELECT patient_id FROM record WHERE {OVERLAID} ORDER BY patient_id").fetchall()
        return frozenset(row[0] for row in rows)

    def candidates(self) -> list[Pair]:
        """Pairs that share what makes candidates and weigh at least what is worth a look."""
        return self._predict("record", inside=False)

    def inside(self, components: Iterable[Sequence[str]]) -> list[Pair]:
        """All pairs inside of each component, whatever their weight."""
        rows = [(patient, number) for number, members in enumerate(components) for patient in members]
        if not rows:
            return []
        self._engine.execute(f"CREATE OR REPLACE TABLE member (patient_id VARCHAR, {COMPONENT} BIGINT)")
        self._engine.executemany("INSERT INTO member VALUES (?, ?)", rows)
        self._engine.execute("CREATE OR REPLACE TABLE grouped AS SELECT * FROM record JOIN member USING (patient_id)")
        return self._predict("grouped", inside=True)

    def _predict(self, table: str, inside: bool) -> list[Pair]:
        from splink import DuckDBAPI, Linker

        logging.getLogger("splink").setLevel(logging.ERROR)
        linker = Linker(
            table, model(self._rules, inside), DuckDBAPI(connection=self._engine), set_up_basic_logging=False
        )
        weakest = NO_WEIGHT if inside else self._rules.review_weight
        predicted = linker.inference.predict(threshold_match_weight=weakest)
        told = f"match_weight, {RECORD_ID}_l, {RECORD_ID}_r, COLUMNS('gamma_.*')"
        rows = self._engine.sql(f"SELECT {told} FROM {predicted.physical_name}").to_arrow_table()
        return sorted((self._pair(row) for row in rows.to_pylist()), key=lambda pair: pair.ids)

    def _pair(self, row: Mapping[str, Any]) -> Pair:
        first, second = sorted((row[f"{RECORD_ID}_l"], row[f"{RECORD_ID}_r"]))
        levels = {field: self._level(field, row[f"gamma_{field}"]) for field in self._rules.fields}
        return Pair(first, second, round(row["match_weight"], 4), levels)

    def _level(self, field: str, gamma: int) -> str:
        names = [*self._rules.fields[field]]
        return UNKNOWN if gamma < 0 else names[len(names) - 1 - gamma]
