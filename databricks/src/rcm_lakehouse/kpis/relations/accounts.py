"""What the account ledger says: entries, balances at month ends, charges that are not billed yet."""

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.known import LEDGER_TABLE, PLACE, Known
from rcm_lakehouse.kpis.relations.span import Span

PATIENT = "PATIENT"
RECEIVABLE, CASH = "1200", "1000"
CHARGE_KINDS = ("charge", "late_charge")
RESPONSIBILITY_KINDS = (*CHARGE_KINDS, "transfer")

SLICES = ("payer", "department", "provider", "service_line")
"""Columns of every relation by which figures are told apart; NULL where a row has none."""

BILLING = ("primary_payer_code", "admit_date", "discharge_date", "final_bill_date")


def account_facts(known: Known) -> DataFrame:
    """One row per account, with the columns that figures are told apart by."""
    return known.set_aside("account", "silver.account", lambda: _account_facts(known))


def with_account(rows: DataFrame, known: Known, *more: str) -> DataFrame:
    """`rows` with the slices of their account and `more` of it. An account is one row, so nothing is repeated."""
    return rows.join(account_facts(known).select("account_id", *SLICES, *more), "account_id", "left")


def posted_entries(known: Known) -> DataFrame:
    """Lines of A/R and of cash that have an account."""
    return known.set_aside("entry", LEDGER_TABLE, lambda: _posted_entries(known))


def _account_facts(known: Known) -> DataFrame:
    return known.rows("account").select(
        *("account_id", "encounter_id", "patient_id", "patient_class", "service_line", "plan_code", *BILLING),
        F.coalesce("primary_payer_code", F.lit(PATIENT)).alias("payer"),
        F.col("department_id").alias("department"),
        F.col("provider_id").alias("provider"),
    )


def _posted_entries(known: Known) -> DataFrame:
    lines = known.lines().where(F.col("gl_account").isin(RECEIVABLE, CASH) & F.col("account_id").isNotNull())
    columns = (
        *("hospital", "account_id", "responsible_party", "gl_account", "kind", "amount"),
        *("service_date", "posting_date", "effective_date"),
        *(("line_id", *PLACE) if known.is_traced else ()),
    )
    return with_account(lines.select(*columns), known, *BILLING)


def balances(known: Known, span: Span) -> DataFrame:
    """`balance` at each month end on which it is not nought, by posting date.

    `responsibility_arose`: the earliest effective date on which the party came to owe more by a charge or transfer.
    """
    changes = receivable(known).withColumn("month_end", F.last_day("posting_date"))
    months = changes.groupBy("hospital", "account_id", "responsible_party", "month_end").agg(
        F.sum("amount").alias("change"), F.min(adds_responsibility()).alias("arose")
    )  # fmt: skip
    in_order = Window.partitionBy("account_id", "responsible_party").orderBy("month_end")
    so_far = months.select(
        *("hospital", "account_id", "responsible_party"),
        F.sum("change").over(in_order).alias("balance"),
        F.min("arose").over(in_order).alias("responsibility_arose"),
        F.col("month_end").alias("since"),
        F.date_sub(F.lead("month_end").over(in_order), 1).alias("until"),
    )
    ends = span.month_ends_between(F.col("since"), F.col("until"))
    rows = so_far.where("balance <> 0").withColumn("as_of", F.explode(ends)).drop("since", "until")
    payers = known.rows("payer").groupBy(F.col("payer_code").alias("responsible_party"))
    groups = payers.agg(F.min("payer_group").alias("payer_group"))
    whose = rows.join(F.broadcast(groups), "responsible_party", "left")
    return with_account(whose, known, "discharge_date", "final_bill_date")


def unbilled(known: Known, span: Span) -> DataFrame:
    """Charges of discharged accounts at each month end at which the final bill was not made, or not submitted."""
    charges = receivable(known).where(F.col("kind").isin(*CHARGE_KINDS))
    primary = known.rows("claim_submission").where("payer_sequence = 'P'")
    submitted = primary.groupBy("account_id").agg(F.min("submitted_date").alias("submitted_date"))
    rows = charges.where("discharge_date IS NOT NULL").join(submitted, "account_id", "left")
    since = F.greatest("posting_date", "discharge_date")
    not_billed = span.month_ends_between(since, F.date_sub("final_bill_date", 1))
    billed = F.greatest(since, "final_bill_date")
    held = span.month_ends_between(billed, F.date_sub("submitted_date", 1))
    is_held = F.col("final_bill_date").isNotNull() & F.col("primary_payer_code").isNotNull()
    at = F.concat(_stage("not_final_billed", not_billed), F.when(is_held, _stage("not_submitted", held)).otherwise(
        _stage("not_submitted", F.array().cast("array<date>"))
    ))  # fmt: skip
    return rows.withColumn("_at", F.explode(at)).select("*", "_at.stage", "_at.as_of").drop("_at")


def receivable(known: Known) -> DataFrame:
    """Lines of A/R."""
    return posted_entries(known).where(F.col("gl_account") == RECEIVABLE)


def adds_responsibility() -> Column:
    """The effective date of a line by which a party came to owe more by a charge or transfer; else NULL."""
    adds = (F.col("amount") > 0) & F.col("kind").isin(*RESPONSIBILITY_KINDS)
    return F.when(adds, F.col("effective_date"))


def _stage(name: str, ends: Column) -> Column:
    return F.transform(ends, lambda end: F.struct(F.lit(name).alias("stage"), end.alias("as_of")))
