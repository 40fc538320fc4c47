"""Which columns of which nouns name the members of a dimension."""

from pyspark.sql import Column
from pyspark.sql import functions as F

from rcm_lakehouse.gold.facts import payer_id
from rcm_lakehouse.gold.model import FACTS, NAMED_BY_BILLING, Dimension


def naming(d: Dimension) -> list[tuple[str, Column]]:
    """(noun, column) of all that name members of a dimension."""
    named = [(f.noun, member_of(d.name, f.members[d.name])) for f in FACTS if d.name in f.members]
    if d.name == "npi":
        named.append(("provider", F.col("npi")))
    if d.name == "department":
        named.append(("provider", F.col("department_id")))
    return [*named, *((noun, member_of(d.name, column)) for noun, column in NAMED_BY_BILLING.get(d.name, ()))]


def member_of(dimension_name: str, column: str) -> Column:
    """The member of a dimension that a row names in `column`."""
    return payer_id(column) if dimension_name == "payer" else F.col(column)
