"""The ledger's lines against the truth's entries, in Spark SQL: what kind of entry moved how much, when, known when."""

from pyspark.sql import Row, SparkSession

from local.verify_truth.verdict import Difference

TRUTH = """
WITH known AS (
  SELECT *, known_from AS known_on, 1 AS sign FROM truth_entry
  UNION ALL SELECT *, known_until AS known_on, -1 AS sign FROM truth_entry WHERE known_until IS NOT NULL)
SELECT concat(hospital, ':', account_id) AS account, IF(gl_account = '1200', party, '') AS party, kind, is_reversal,
  IF(kind IN ('charge', 'late_charge'), service_date, NULL) AS service_date, posting_date, effective_date, known_on,
  gl_account, sign * cents AS truth, 0 AS found
FROM known LATERAL VIEW stack(3,
  '1200', ar_cents,
  '1000', cash_cents,
  IF(counter_account IN ('1000', '1200'), NULL, counter_account), IF(ar_cents = 0, -cash_cents, -ar_cents)
) AS gl_account, cents
WHERE gl_account IS NOT NULL
"""
"""Both sides of each entry: the receivable, and the general ledger's. A transfer has the receivable on both.

Only a charge has a day of service of its own.
"""

FOUND = """
SELECT account_id AS account, IF(gl_account = '1200', responsible_party, '') AS party, kind, is_reversal,
  IF(kind IN ('charge', 'late_charge'), service_date, NULL) AS service_date, posting_date, effective_date,
  CAST(known_at AS DATE) AS known_on, gl_account, 0 AS truth, CAST(amount * 100 AS BIGINT) AS found
FROM ledger_line WHERE account_id IS NOT NULL
"""

SUMS = """
SELECT account, party, kind, is_reversal, service_date, posting_date, effective_date, known_on, gl_account,
  sum(truth) AS truth, sum(found) AS found
FROM both GROUP BY ALL
"""

UNBALANCED = "SELECT entry_set_id FROM ledger_line GROUP BY entry_set_id HAVING sum(amount) <> 0"


def compare_entries(spark: SparkSession) -> tuple[int, int, list[Difference]]:
    """Sums of entries alike in all but their amount: how many there are, how many differ, and the first that do.

    An entry set whose lines do not add up to nought differs too. Reads the views `truth_entry` and `ledger_line`.
    """
    spark.sql(TRUTH).unionByName(spark.sql(FOUND)).createOrReplaceTempView("both")
    sums = spark.sql(SUMS).cache()
    differing = sums.where("truth <> found")
    unbalanced = spark.sql(UNBALANCED).count()
    mismatches = differing.count() + unbalanced
    shown = differing.orderBy("account", "known_on", "posting_date").limit(5).collect() if mismatches else []
    checked = sums.where("truth <> 0 OR found <> 0").count()
    sums.unpersist()
    return checked, mismatches, [_difference(row) for row in shown]


def _difference(row: Row) -> Difference:
    days = f"service {row['service_date']}, posted {row['posting_date']}, effective {row['effective_date']}"
    reversal = ", reversal" if row["is_reversal"] else ""
    return {
        "what": f"{row['kind']}{reversal} on {row['gl_account']}",
        "where": f"{row['account']} {row['party']}, {days}, known {row['known_on']}",
        "truth": f"{row['truth']} cents",
        "found": f"{row['found']} cents",
    }
