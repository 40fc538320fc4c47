"""Relations that are rows of one feed: general ledger, encounters, claims files, transactions."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.accounts import SLICES, account_facts
from rcm_lakehouse.kpis.relations.known import PLACE, Known
from rcm_lakehouse.kpis.relations.span import Span


def gl_balances(known: Known) -> DataFrame:
    """Balances by `month` (its first day) and `gl_account`, the hospital's own number. They have no slices."""
    rows = known.rows("gl_balance").select(
        "hospital",
        F.to_date(F.concat("period", F.lit("-01"))).alias("month"),
        F.split_part("gl_account", F.lit(":"), F.lit(2)).alias("gl_account"),
        "amount",
        *(PLACE if known.is_traced else ()),
    )
    return rows.withColumns({name: _nothing() for name in SLICES})


def claims(known: Known, span: Span) -> DataFrame:
    """Rows of the claims file. Where its encounter has an account, the account's payer and service line count."""
    rows = known.rows("claim").withColumn("as_of", F.lit(span.as_of))
    facts = (
        account_facts(known)
        .groupBy("encounter_id")
        .agg(
            F.min_by("payer", "account_id").alias("account_payer"),
            F.min_by("service_line", "account_id").alias("service_line"),
        )
    )
    return rows.join(facts, "encounter_id", "left").withColumns(
        {
            "payer": F.coalesce("account_payer", "payer_code"),
            "department": F.col("department_id"),
            "provider": F.col("provider_id"),
        }
    )


def transactions(known: Known, span: Span) -> DataFrame:
    """Transactions with the date of their encounter. An encounter is one row, so nothing is repeated."""
    met = known.rows("encounter").select("encounter_id", "encounter_date")
    rows = known.rows("transaction").join(met, "encounter_id", "left").withColumn("as_of", F.lit(span.as_of))
    return _sliced(rows, payer=F.col("payer_code"))


def encounters(known: Known, span: Span) -> DataFrame:
    """Encounters; no payer is known of them."""
    return _sliced(known.rows("encounter").withColumn("as_of", F.lit(span.as_of)), payer=_nothing())


def _sliced(rows: DataFrame, payer: Column) -> DataFrame:
    return rows.withColumns(
        {
            "payer": payer,
            "department": F.col("department_id"),
            "provider": F.col("provider_id"),
            "service_line": _nothing(),
        }
    )


def _nothing() -> Column:
    return F.lit(None).cast("string")
