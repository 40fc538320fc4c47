"""Surrogate keys that follow from what they name, so that tables can be built in any order and built again."""

from pyspark.sql import Column
from pyspark.sql import functions as F

UNKNOWN_KEY = "0" * 32
"""Key of the member that stands for none: the fact names nobody."""

BEGINNING = "1900-01-01"
"""From when the first version of a member is taken to hold: what came before it nobody said."""


def version_key(dimension: str, member_id: Column, effective_from: Column) -> Column:
    """128 bits of hash in hexadecimal, of the dimension's name, the member and the time its version starts."""
    return F.md5(
        F.concat_ws("|", F.lit(dimension), member_id, F.date_format(effective_from, "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"))
    )


def inferred_key(dimension: str, member_id: Column) -> Column:
    """Key of a member that facts name and no source has described yet."""
    return F.md5(F.concat_ws("|", F.lit(dimension), member_id, F.lit("inferred")))
