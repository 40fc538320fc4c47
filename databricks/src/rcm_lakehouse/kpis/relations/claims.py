"""How claims fared between the claims tool, the payers' front doors and their remittances."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.relations.accounts import SLICES, with_account
from rcm_lakehouse.kpis.relations.known import Known
from rcm_lakehouse.metadata import Metadata

REVERSAL = "22"

ADJUSTMENT = "remittance_adjustment"
CLAIM = ("hospital", "claim_id")


def denial_rules_id(metadata: Metadata) -> str:
    """Names the rules that say which adjustments refuse; "" where there are none."""
    entries = metadata.nouns[ADJUSTMENT].entries
    return entries.rules_id if entries else ""


def remitted(known: Known) -> DataFrame:
    """Remittance claims with `is_reversal`, `denied`, `has_denial_reason`, `contractual` (CO 45) and the slices.

    `place` puts those of a claim or an account in the order of their posting; `largest_patient_reason` is the reason
    of the largest PR adjustment, at a tie the lower.
    """
    return known.set_aside("remitted", "silver.remittance_claim", lambda: _remitted(known))


def remitted_by_month(known: Known) -> DataFrame:
    """Claims by month of posting, reversals apart; `denied` where a remittance of the month denies the whole claim."""
    months = remitted(known).where("NOT is_reversal").withColumn("as_of", F.last_day("posting_date"))
    facts = [F.min(name).alias(name) for name in ("account_id", *SLICES)]
    return months.groupBy(*CLAIM, "as_of").agg(F.max("denied").alias("denied"), *facts)


def edits(known: Known) -> DataFrame:
    """Claims as the claims tool received and released them."""
    return with_account(known.rows("claim_edit"), known)


def lives(known: Known) -> DataFrame:
    """Claims by their first submission to the primary payer and their first denial, with `passed_first`.

    `passed_first`: submitted once, never rejected, remitted once by that payer, nothing refused, and allowed what the
    contract says.
    """
    summed = (
        _told(known)
        .groupBy(*CLAIM)
        .agg(
            F.min("account_id").alias("account_id"),
            F.min_by("submission", "submitted").alias("first"),
            F.count("submission").alias("submissions"),
            F.max("is_rejected").alias("is_rejected"),
            F.min_by("remittance", F.expr("CASE WHEN remittance.denied THEN posted END")).alias("denial"),
            F.collect_list("remittance").alias("remittances"),
        )
    )
    mine = F.filter("remittances", lambda one: one["payer_code"] == F.col("first.payer_code"))
    rows = summed.select(
        *(*CLAIM, "account_id", "submissions", "is_rejected"),
        F.col("first.submitted_date").alias("first_submitted_date"),
        F.col("first.charge_amount").alias("first_submitted_amount"),
        F.col("first.payer_code").alias("payer_code"),
        F.col("denial.posting_date").alias("first_denied_date"),
        F.col("denial.charge_amount").alias("first_denied_amount"),
        F.when(F.size(mine) == 1, F.element_at(mine, 1)).alias("only"),
    )
    priced = _priced(with_account(rows, known, "patient_class", "admit_date"), known)
    allowed = F.expr("round(only.charge_amount * CAST(rate_basis_points AS decimal(9,0)) * 0.0001, 2)")
    kept = F.expr("submissions = 1 AND is_rejected IS NULL AND NOT only.has_denial_reason")
    as_expected = F.expr("only.charge_amount - only.contractual") == allowed
    return priced.withColumn("passed_first", F.coalesce(kept & as_expected, F.lit(False)))


def in_order(day: str, identifier: str) -> Column:
    """Orders by day and, on one day, by number: of two ids that begin alike the longer comes later."""
    return F.struct(F.col(day), F.length(identifier), F.col(identifier))


def _remitted(known: Known) -> DataFrame:
    largest = F.struct("amount", F.expr("-try_cast(reason_code AS int)"), "reason_code")
    reasons = known.rows(ADJUSTMENT).groupBy("remittance_claim_id").agg(
        F.max(known.is_kind(ADJUSTMENT, "denial")).alias("has_denial_reason"),
        F.sum(F.expr("CASE WHEN group_code = 'CO' AND reason_code = '45' THEN amount END")).alias("contractual"),
        F.max_by("reason_code", F.when(F.col("group_code") == "PR", largest)).alias("largest_patient_reason"),
    )  # fmt: skip
    rows = known.rows("remittance_claim").join(reasons, "remittance_claim_id", "left")
    has_reason = F.coalesce("has_denial_reason", F.lit(False))
    is_reversal = F.col("claim_status_code") == REVERSAL
    unpaid = F.expr("paid_amount = 0 AND patient_responsibility_amount = 0")
    told = rows.select(
        *(*CLAIM, "account_id", "payer_code", "posting_date", "charge_amount"),
        *("patient_responsibility_amount", "crossover_payer_code", "largest_patient_reason"),
        is_reversal.alias("is_reversal"),
        has_reason.alias("has_denial_reason"),
        (unpaid & has_reason & ~is_reversal).alias("denied"),
        F.coalesce("contractual", F.lit(0)).cast("decimal(18,2)").alias("contractual"),
        in_order("posting_date", "remittance_claim_id").alias("place"),
    )
    return with_account(told, known)


def _told(known: Known) -> DataFrame:
    """All that is told of claims, one column per teller: `submission`, `is_rejected`, `remittance`."""
    primary = known.rows("claim_submission").where("payer_sequence = 'P'")
    submitted = primary.select(
        *(*CLAIM, "account_id"),
        F.struct("submitted_date", "charge_amount", "payer_code").alias("submission"),
        in_order("submitted_date", "submission_id").alias("submitted"),
    )
    rejections = known.rows("claim_acknowledgement").where("category_code <> 'A2'")
    rejected = rejections.select(*CLAIM, F.lit(True).alias("is_rejected"))
    answer = ("payer_code", "posting_date", "charge_amount", "contractual", "has_denial_reason", "denied")
    answered = remitted(known).select(
        *(*CLAIM, "account_id"), F.struct(*answer).alias("remittance"), F.col("place").alias("posted")
    )
    return submitted.unionByName(rejected, True).unionByName(answered, True)


def _priced(rows: DataFrame, known: Known) -> DataFrame:
    """`rows` with the rate of the contract in force on admission; of several the one that began last."""
    terms = ("payer_code", "hospital", "patient_class")
    spans = F.sort_array(F.collect_list(F.struct("effective_from", "effective_to", "rate_basis_points")), False)
    contracts = known.rows("payer_contract").groupBy(*terms).agg(spans.alias("spans"))
    in_force = F.filter("spans", lambda span: F.col("admit_date").between(span["effective_from"], span["effective_to"]))
    joined = rows.join(F.broadcast(contracts), [*terms], "left")
    return joined.withColumn("rate_basis_points", F.get(in_force, F.lit(0))["rate_basis_points"])
