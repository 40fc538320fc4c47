"""The published notebooks' defects in types, keys, joins and gold: asked of all of both by `make test-defects`."""

from pathlib import Path

import pytest
from defects_of_gold import DEFECTS
from defects_of_history import Defect
from pyspark.sql import SparkSession
from two_engines import Engine, our_whole, their_whole

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def ours(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return our_whole(spark, tmp_path_factory.mktemp("ours"), REPOSITORY / "metadata")


@pytest.fixture(scope="module")
def theirs(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return their_whole(spark, tmp_path_factory.mktemp("theirs"))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.number}: {defect.sentence}")
def test_what_all_of_the_published_notebooks_miss_holds_here(defect: Defect, ours: Engine, theirs: Engine) -> None:
    assert defect.ours(ours)
    assert not defect.theirs(theirs)
