"""docs/data-model.md, from the code: `python -m rcm_lakehouse.gold.describe > docs/data-model.md`."""

import sys
from collections.abc import Mapping
from datetime import date
from typing import cast

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import StructType

from rcm_lakehouse.gold.build import GoldTable, column_comments, dimension_tables, fact_tables
from rcm_lakehouse.gold.model import FACTS
from rcm_lakehouse.gold.receivable import receivable_table
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.gold.vocabulary import MEANINGS
from rcm_lakehouse.kpis.table import KPI_SCHEMA, KPI_TABLE, PATIENT_PAY_SCHEMA, PATIENT_PAY_TABLE
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.lines import TABLES, lines
from rcm_lakehouse.master import vocabulary
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.session import metadata_path, spark_session

HEAD = """# Data model of gold

Written by `python -m rcm_lakehouse.gold.describe`; a test holds it to the code.

A key `<dimension>_key` is a hash of member and version start, so tables can be built in any order and again.
Facts point to the version that was valid on the day of the service, and where the member was missing from the extracts
then, to the last before; to an inferred member where no source has described the one they name; to the unknown member
(all zeros) where they name none. Keys of days are yyyymmdd. Amounts are USD with two decimals, instants are UTC.

"""

OTHER_TABLES = {
    KPI_TABLE: ("One figure: a KPI of a hospital and month, whole or of a bucket or slice", KPI_SCHEMA),
    PATIENT_PAY_TABLE: ("How often patients of one kind pay, pay late, or do not", PATIENT_PAY_SCHEMA),
}
ANY_DAY = date(2000, 1, 1)
BOOKS = {
    "account": "One line of the account ledger (double entry)",
    "payable": "One change of what a hospital owes to a doctor, to staff or to a supplier",
}


class PlannedLake(Lake):
    """A lake without tables that reads planned ones, so that what is made of them can be planned too."""

    def __init__(self, spark: SparkSession) -> None:
        super().__init__(spark, "")
        self.planned: dict[str, DataFrame] = {}

    def exists(self, table: str) -> bool:
        return table in self.planned

    def read(self, table: str) -> DataFrame:
        return self.planned[table]


def gold_page(spark: SparkSession, metadata: Metadata) -> str:
    """The document: diagram of the star, then each table with grain and columns."""
    lake = PlannedLake(spark)
    silver = Silver(lake, metadata)
    parts = [HEAD, _diagram(), "\n## Dimensions\n"]
    parts += [_star_table(table, lake, silver) for table in dimension_tables()]
    parts += ["\n## Facts\n", *(_star_table(table, lake, silver) for table in fact_tables())]
    parts += ["\n## Account ledger, figures and close\n"]
    for book, grain in BOOKS.items():
        lake.planned[TABLES[book]] = _book(book, silver, metadata)
        parts.append(_section(TABLES[book], grain, lake.read(TABLES[book]).schema, MEANINGS))
    parts.append(_star_table(receivable_table(ANY_DAY), lake, silver))
    parts += [
        _section(name, grain, cast("StructType", StructType.fromDDL(schema)), MEANINGS)
        for name, (grain, schema) in OTHER_TABLES.items()
    ]
    parts += ["\n## Master data\n"]
    parts += [
        _section(name, grain, cast("StructType", StructType.fromDDL(schema)), vocabulary.MEANINGS)
        for name, (grain, schema) in vocabulary.TABLES.items()
    ]
    return "".join(parts)


def _diagram() -> str:
    points = [f"    {fact.noun} }}o--|| {name} : {name}_key" for fact in FACTS for name in (*fact.members, "date")]
    return "\n".join(["```mermaid", "erDiagram", *points, "```", ""])


def _star_table(table: GoldTable, lake: PlannedLake, silver: Silver) -> str:
    rows = table.build(silver)
    lake.planned[f"gold.{table.name}"] = rows
    return _section(f"gold.{table.name}", table.grain, rows.schema, column_comments(silver, table.name))


def _book(book: str, silver: Silver, metadata: Metadata) -> DataFrame:
    ruled = ((noun, noun.entries) for noun in metadata.nouns.values() if noun.entries)
    noun, rules = next((noun, rules) for noun, rules in ruled if rules.book == book)
    return lines(silver.rows(noun.name), noun, rules)


def _section(name: str, grain: str, schema: StructType, comments: Mapping[str, str]) -> str:
    kinds = {field.name: field.dataType.simpleString() for field in schema}
    rows = [f"| `{column}` | {kind} | {comments.get(column, '')} |" for column, kind in kinds.items()]
    return "\n".join([f"\n### {name}", f"{grain}.\n", "| column | type | |", "| --- | --- | --- |", *rows, ""])


if __name__ == "__main__":
    sys.stdout.write(gold_page(spark_session(), read_metadata(metadata_path())))
