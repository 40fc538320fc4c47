"""What is owed at the end of a day, by account and responsible party, from the account ledger."""

from datetime import date
from functools import partial

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.gold.build import GoldTable, described_members
from rcm_lakehouse.gold.dimensions import date_key
from rcm_lakehouse.gold.facts import bound
from rcm_lakehouse.gold.silver_tables import Silver
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.ledger.lines import TABLES

RECEIVABLE = "1200"
MEMBERS = {"patient": "patient_id", "provider": "provider_id", "department": "department_id"}
OF_ACCOUNT = (
    *("encounter_id", "patient_id", "provider_id", "department_id", "patient_class", "service_line"),
    *("discharge_date", "final_bill_date"),
)


def receivable_tables(lake: Lake, as_of: date) -> tuple[GoldTable, ...]:
    """The table where an account ledger is fed, else none."""
    return (receivable_table(as_of),) if lake.exists(TABLES["account"]) else ()


def receivable_table(as_of: date) -> GoldTable:
    """The table as of a day: another day makes another table."""
    return GoldTable(
        "receivable",
        "What one responsible party owes on one account at the end of the as-of date, by posting date; nought left out",
        (TABLES["account"], "silver.account", *(f"gold.{name}" for name in (*MEMBERS, "payer"))),
        partial(_receivables, as_of),
        as_of=as_of,
    )


def _receivables(as_of: date, silver: Silver) -> DataFrame:
    """Debit and credit balances stand apart: a credit is a liability and lowers nobody's debt.

    Dimensions are bound as they were on the as-of date, the payer to the party responsible then.
    """
    accounts = silver.rows("account").select("account_id", *OF_ACCOUNT)
    owed = _balances(silver.lake.read(TABLES["account"]), as_of).join(accounts, "account_id", "left")
    dated = owed.withColumn("as_of", F.lit(as_of))
    members: dict[str, Column] = {name: F.col(column) for name, column in MEMBERS.items()}
    insurer = F.when(F.col("responsible_party") != "PATIENT", F.col("responsible_party"))
    members["payer"] = F.concat("hospital", F.lit(":"), insurer)
    versions = {name: described_members(silver.lake, name) for name in MEMBERS}
    keyed = bound(dated, F.col("as_of"), members, versions)
    return keyed.select(
        *("hospital", "account_id", "responsible_party", "as_of"),
        F.greatest("balance", F.lit(0)).cast("decimal(18,2)").alias("debit_balance"),
        F.greatest(-F.col("balance"), F.lit(0)).cast("decimal(18,2)").alias("credit_balance"),
        F.datediff("as_of", "discharge_date").alias("days_since_discharge"),
        *OF_ACCOUNT,
        *(f"{name}_key" for name in members),
        date_key(F.col("as_of")).alias("as_of_key"),
    )


def _balances(lines: DataFrame, as_of: date) -> DataFrame:
    entered = lines.where(f"gl_account = '{RECEIVABLE}'").where(F.col("posting_date") <= F.lit(as_of))
    summed = entered.groupBy("hospital", "account_id", "responsible_party").agg(F.sum("amount").alias("balance"))
    return summed.where("balance <> 0")
