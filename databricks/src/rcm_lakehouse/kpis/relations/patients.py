"""What patients came to owe, why, and what they paid of it when."""

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.accounts import (
    PATIENT,
    RESPONSIBILITY_KINDS,
    adds_responsibility,
    receivable,
    with_account,
)
from rcm_lakehouse.kpis.relations.claims import remitted
from rcm_lakehouse.kpis.relations.known import Known

DELAYS = (30, 60, 90)

CAUSES = {"1": "deductible", "2": "coinsurance", "3": "copay", "96": "non_covered"}
"""Reason of a PR adjustment to what it is called; any other reason is called `other`."""


def responsibilities(known: Known) -> DataFrame:
    """Accounts with `responsibility` above nought, when it `arose`, its `cause`, and what was paid of it.

    `paid` is never above the responsibility nor below nought; `paid_within_30` (60, 90) is what of it was paid up to
    so many days after it arose, by effective date.
    """
    account = Window.partitionBy("account_id")
    lines = receivable(known).where(F.col("responsible_party") == PATIENT)
    dated = lines.withColumn("arose", F.min(adds_responsibility()).over(account)).where("arose IS NOT NULL")
    owes = F.col("kind").isin(*RESPONSIBILITY_KINDS)
    pays = F.col("kind").isin("patient_payment", "refund")
    soon = {n: pays & (F.datediff("effective_date", "arose") <= n) for n in DELAYS}
    summed = dated.groupBy("hospital", "account_id", "arose").agg(
        F.sum(F.when(owes, F.col("amount")).otherwise(0)).alias("responsibility"),
        F.sum(F.when(pays, -F.col("amount")).otherwise(0)).alias("money"),
        *(F.sum(F.when(within, -F.col("amount")).otherwise(0)).alias(f"money_{n}") for n, within in soon.items()),
    )
    paid = {"paid": F.expr("greatest(0, least(responsibility, money))")}
    paid |= {f"paid_within_{n}": F.expr(f"greatest(0, least(responsibility, money, money_{n}))") for n in DELAYS}
    rows = summed.where("responsibility > 0").withColumns(paid).join(_causes(known), "account_id", "left")
    cause = F.expr(f"CASE WHEN payer = '{PATIENT}' THEN 'self_pay' ELSE coalesce(cause, 'transfer') END")
    return with_account(rows, known, "patient_id", "plan_code", "discharge_date").withColumn("cause", cause)


def _causes(known: Known) -> DataFrame:
    """Of each account the largest PR reason of the first remittance that leaves the patient something for good."""
    leaves = remitted(known).where("patient_responsibility_amount > 0 AND crossover_payer_code IS NULL")
    first = leaves.groupBy("account_id").agg(F.min_by("largest_patient_reason", "place").alias("reason"))
    names = F.create_map(*(F.lit(part) for pair in CAUSES.items() for part in pair))
    cause = F.coalesce(F.try_element_at(names, F.col("reason")), F.lit("other"))
    return first.select("account_id", cause.alias("cause"))
