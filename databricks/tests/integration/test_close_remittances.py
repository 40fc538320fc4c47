"""The balances of an 835: what a payer paid, and what it paid of each claim, is what its own rows make of it."""

from decimal import Decimal
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession
from rcm_lakehouse.close.remittances import Remitted, balanced, remitted
from rcm_lakehouse.lake import Lake
from rcm_lakehouse.metadata import read_metadata

REPOSITORY = Path(__file__).parents[3]
ROWS = {
    "remittance": ("remittance_id, payment_amount", ["'R1', 75.00", "'R2', 10.00"]),
    "provider_adjustment": ("remittance_id, amount", ["'R1', 5.00"]),
    "remittance_claim": (
        "remittance_id, remittance_claim_id, charge_amount, paid_amount",
        ["'R1', 'RC1', 100.00, 60.00", "'R1', 'RC2', 30.00, 20.00", "'R2', 'RC3', 50.00, 10.01"],
    ),
    "remittance_adjustment": (
        "remittance_claim_id, amount",
        ["'RC1', 40.00", "'RC2', 4.00", "'RC2', 6.00", "'RC3', 39.98"],
    ),
}
"""R1 is 60 + 20 - 5. R2 tells a cent less than its claim, and its claim a cent less than charge and adjustments."""


@pytest.fixture(scope="module")
def balances(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> DataFrame:
    """The rows of hospital A, each known as row 1 to n of its file; hospital B sends remitted claims and no more."""
    lake = Lake(spark, str(tmp_path_factory.mktemp("remittances")))
    for noun, (columns, rows) in ROWS.items():
        at = [f"'hospital_a__{noun}', '{noun}', 1, {number}, DATE'2024-03-05', true" for number in range(1, 4 + 1)]
        told = [f"({row}, {place})" for row, place in zip(rows, at, strict=False)]
        if noun == "remittance_claim":
            told += [row.replace("hospital_a", "hospital_b") for row in told]
        names = f"{columns}, source_id, _file_version_id, _generation, _row_number, posting_date, is_current"
        lake.append(f"silver.{noun}", spark.sql(f"SELECT * FROM VALUES {', '.join(told)} AS t({names})"))
    delivered = [f"hospital_a__{noun}" for noun in ROWS] + ["hospital_b__remittance_claim"]
    found = balanced(lake, read_metadata(REPOSITORY / "metadata"), delivered)
    assert found is not None
    return found


def test_what_does_not_balance_is_told_with_its_place(balances: DataFrame) -> None:
    rows = balances.where("code IS NOT NULL").orderBy("noun").collect()
    assert [(row["code"], row["_file_version_id"], row["_row_number"]) for row in rows] == [
        ("not_balanced", "remittance", 2),
        ("not_balanced", "remittance_claim", 3),
    ]


def test_a_payment_is_its_claims_less_what_was_kept_back_and_a_claim_its_charge_less_adjustments(
    balances: DataFrame,
) -> None:
    payments = Remitted("hospital_a", "remittance", "2024-03", Decimal("85.01"), Decimal("85.00"), 1)
    claims = Remitted("hospital_a", "remittance_claim", "2024-03", Decimal("90.02"), Decimal("90.01"), 1)
    assert remitted(balances) == [payments, claims]


def test_who_sends_no_remittances_has_none_to_balance(spark: SparkSession, tmp_path: Path) -> None:
    metadata = read_metadata(REPOSITORY / "metadata")
    assert balanced(Lake(spark, str(tmp_path)), metadata, ["hospital_b__remittance_claim"]) is None
