"""KPI rows against the truth's, in Spark SQL: numerator, denominator, multiplier and value of every one."""

from datetime import date

from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F

from local.verify_truth.verdict import Difference

COUNTED = "('clean_claim_rate', 'remittance_denial_rate', 'first_pass_rate', 'claim_status_denial_rate')"
"""Shares of claims: the truth's whole numbers are counts there, cents elsewhere."""

TRUTH = f"""
SELECT hospital, dimension, member, kpi_id, period, bucket, CAST(multiplier AS INT) AS multiplier,
  CAST(CAST(numerator AS DECIMAL(20)) / IF(counted, 1, 100) AS DECIMAL(38, 2)) AS numerator,
  CAST(CAST(denominator AS DECIMAL(20)) / IF(counted OR unit = 'cents', 1, 100) AS DECIMAL(38, 2)) AS denominator,
  CAST(IF(unit = 'cents', try_divide(CAST(numerator AS DECIMAL(20)), CAST(100 * denominator AS DECIMAL(20))), value)
    AS DECIMAL(38, 6)) AS value
FROM (SELECT *, kpi_id IN {COUNTED} OR (kpi_id, bucket) = ('initial_denial_rate', 'number') AS counted FROM truth_then)
"""  # noqa: S608 -- of constants
"""Amounts in dollars, as the lake has them; a visit's revenue too."""

FOUND = """
SELECT hospital, coalesce(dimension, '') AS dimension, coalesce(substring_index(member, ':', -1), '') AS member,
  kpi_id, period, coalesce(bucket, '') AS bucket, multiplier, numerator, denominator, value
FROM kpi
"""

PAIRS = """
SELECT coalesce(t.kpi_id, f.kpi_id) AS kpi_id, coalesce(t.hospital, f.hospital) AS hospital,
  coalesce(t.period, f.period) AS period, coalesce(t.bucket, f.bucket) AS bucket,
  coalesce(t.dimension, f.dimension) AS dimension, coalesce(t.member, f.member) AS member,
  IF(t.kpi_id IS NULL, NULL, struct(t.numerator, t.multiplier, t.denominator, t.value)) AS truth,
  IF(f.kpi_id IS NULL, NULL, struct(f.numerator, f.multiplier, f.denominator, f.value)) AS found
FROM truth_row t FULL JOIN found_row f USING (hospital, dimension, member, kpi_id, period, bucket)
"""

EQUAL = "truth <=> found OR coalesce(truth, found).denominator = 0 AND (truth IS NULL OR found IS NULL)"
"""A figure that has nothing to divide by may be told by one side only."""

SPOKEN_OF = "(kpi_id, bucket, dimension) IN (SELECT kpi_id, bucket, dimension FROM truth_row)"
"""The truth knows nothing of other buckets, such as a headline told once more."""


def compare_kpis(spark: SparkSession, known: date, with_slices: bool) -> tuple[int, int, list[Difference]]:
    """KPI rows compared with the truth as known on a day: how many, how many differ, the first that do.

    Reads the views `truth_kpi` and `kpi`.
    """
    then = spark.table("truth_kpi").where(F.col("known_at") == F.lit(known))
    found = spark.sql(FOUND)
    for rows, view in ((then, "truth_then"), (found, "found_row")):
        (rows if with_slices else rows.where("dimension = ''")).createOrReplaceTempView(view)
    spark.sql(TRUTH).createOrReplaceTempView("truth_row")
    pairs = spark.sql(PAIRS).where(SPOKEN_OF).cache()
    differing = pairs.where(f"NOT ({EQUAL})")
    checked, mismatches = pairs.count(), differing.count()
    shown = differing.orderBy("kpi_id", "hospital", "period", "dimension", "member", "bucket").limit(5).collect()
    pairs.unpersist()
    return checked, mismatches, [_difference(row, known) for row in shown]


def _difference(row: Row, known: date) -> Difference:
    part = f" of {row['dimension']} {row['member']}" if row["dimension"] else ""
    where = f"{row['hospital']} {row['period']} {row['bucket']}{part}, known {known}"
    return {"what": row["kpi_id"], "where": where, "truth": _said(row["truth"]), "found": _said(row["found"])}


def _said(figure: Row | None) -> str:
    if figure is None:
        return "no row"
    return f"{figure['numerator']} x {figure['multiplier']} / {figure['denominator']} = {figure['value']}"
