"""Which columns a column is made of, told from the metadata alone."""

from dataclasses import replace
from pathlib import Path

import pytest
from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.kpis.definitions import Kpi, read_kpis
from rcm_lakehouse.metadata import Metadata, read_metadata
from rcm_lakehouse.trace.columns import column_lineage, columns_document

FOLDER = Path(__file__).parents[3] / "metadata"


@pytest.fixture(scope="module")
def metadata() -> Metadata:
    return read_metadata(FOLDER)


@pytest.fixture(scope="module")
def kpis() -> list[Kpi]:
    return read_kpis(FOLDER)


def test_a_figure_goes_down_to_the_column_of_the_file(metadata: Metadata, kpis: list[Kpi]) -> None:
    told = columns_document(column_lineage(metadata, kpis))
    assert ["gold.ledger_line", "amount", "AGGREGATION"] in told["gold.kpi"]["numerator"]
    assert ["silver.charge", "amount", "TRANSFORMATION"] in told["gold.ledger_line"]["amount"]
    assert ["bronze.hospital_a__charge", "Amount", "IDENTITY"] in told["silver.charge"]["amount"]


def test_every_column_of_every_definition_is_known(metadata: Metadata, kpis: list[Kpi]) -> None:
    told = column_lineage(metadata, kpis)
    nouns = {f"silver.{noun.name}": {column.name for column in noun.columns} for noun in metadata.nouns.values()}
    named = {one for column in told["gold.kpi"].values() for one in column if one[0] in nouns}
    assert named
    assert all(column in nouns[table] for table, column in named)


def test_a_definition_that_names_a_column_nobody_has_is_refused(metadata: Metadata, kpis: list[Kpi]) -> None:
    definition = kpis[0].definitions[0]
    bucket = definition.buckets[0]
    wrong = replace(bucket, numerator=replace(bucket.numerator, amount="balanse"))
    broken = replace(kpis[0], definitions=(replace(definition, buckets=(wrong,)),))
    with pytest.raises(MetadataError, match="balanse"):
        column_lineage(metadata, [broken])
