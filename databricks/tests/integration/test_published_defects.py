"""The published notebooks' defects in how people are kept: what must hold is asked of both, and it holds of ours alone.

The baseline of `make bench-medallion` is held to them too: mended, it would be another one.
"""

from pathlib import Path

import pytest
from defects_of_history import DEFECTS, Defect
from pyspark.sql import SparkSession
from two_engines import Engine, our_people, their_people

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def ours(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return our_people(spark, tmp_path_factory.mktemp("ours"), REPOSITORY / "metadata")


@pytest.fixture(scope="module")
def theirs(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return their_people(spark, tmp_path_factory.mktemp("theirs"))


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.number}: {defect.sentence}")
def test_what_the_published_notebooks_miss_holds_here(defect: Defect, ours: Engine, theirs: Engine) -> None:
    assert defect.ours(ours)
    assert not defect.theirs(theirs)
