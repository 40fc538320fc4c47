"""What is on file behind an account: the ledger's lines and the records that relations put together from."""

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.accounts import posted_entries
from rcm_lakehouse.kpis.relations.known import PLACE, Known

RECORDS = (
    *("account", "claim_submission", "claim_acknowledgement", "claim_edit"),
    *("remittance_claim", "remittance_adjustment"),
)
"""Nouns of which rows stand behind accounts beside those that enter lines: dates, claims, what payers said."""

LINE = {
    **dict.fromkeys(("responsible_party", "gl_account", "kind"), "string"),
    "amount": "decimal(18,2)",
    **dict.fromkeys(("posting_date", "effective_date"), "date"),
}


def entries(known: Known) -> DataFrame:
    """Lines of A/R and cash, and records without amounts: `hospital`, `account_id`, `claim_id` (of records that have

    one), `line_id` and `LINE` (of lines), `PLACE`.
    """
    lines = posted_entries(known).withColumn("claim_id", F.lit(None).cast("string"))
    columns = ("hospital", "account_id", "claim_id", "line_id", *LINE, *PLACE)
    return reduce(DataFrame.unionByName, [lines.select(*columns), *(_records(known, noun) for noun in RECORDS)])


def _records(known: Known, noun: str) -> DataFrame:
    rows = known.rows(noun)
    if noun == "claim_acknowledgement":
        of_claim = known.rows("claim_submission").groupBy("hospital", "claim_id")
        rows = rows.join(of_claim.agg(F.min("account_id").alias("account_id")), ["hospital", "claim_id"])
    claim = F.col("claim_id") if "claim_id" in rows.columns else _nothing("string")
    return rows.select(
        *("hospital", "account_id"),
        claim.alias("claim_id"),
        _nothing("string").alias("line_id"),
        *(_nothing(kind).alias(name) for name, kind in LINE.items()),
        *PLACE,
    )


def _nothing(kind: str) -> Column:
    return F.lit(None).cast(kind)
