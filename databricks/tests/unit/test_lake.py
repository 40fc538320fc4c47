from typing import Any, cast

import pytest
from pyspark.errors import AnalysisException
from rcm_lakehouse.lake import Lake


class Refusal(AnalysisException):
    """What Spark says of a load, by its SQLSTATE."""

    def getSqlState(self) -> str:  # noqa: N802 -- Spark's name
        return str(self.args[0])


class Reader:
    """As much of a session as is asked for a table."""

    def __init__(self, sql_state: str) -> None:
        self.read = self
        self._sql_state = sql_state

    def format(self, name: str) -> "Reader":
        assert name == "delta"
        return self

    def load(self, path: str) -> Any:
        assert path.startswith("lake")
        raise Refusal(self._sql_state)


def test_a_table_that_may_not_be_read_is_not_taken_for_one_that_is_not_there() -> None:
    assert not Lake(cast("Any", Reader("42K03")), "lake").exists("silver.claim")
    with pytest.raises(Refusal):
        Lake(cast("Any", Reader("42501")), "lake").exists("silver.claim")
