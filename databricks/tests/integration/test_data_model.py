from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from rcm_lakehouse.gold.describe import gold_page
from rcm_lakehouse.metadata import read_metadata

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def model(spark: SparkSession) -> str:
    return gold_page(spark, read_metadata(REPOSITORY / "metadata"))


def test_the_data_model_that_is_written_down_is_that_of_the_code(model: str) -> None:
    assert (REPOSITORY / "docs" / "data-model.md").read_text(encoding="utf-8") == model


def test_every_column_of_gold_is_told_in_words(model: str) -> None:
    rows = [line.split("|") for line in model.splitlines() if line.startswith("| `")]
    assert [row[1] for row in rows if not row[3].strip()] == []
