"""Which rows stand behind each figure: rows of the relations, with what each adds to which sum.

The amounts are those that the figures are summed up from (`kpis.sums.placed`), so they add up to them by construction.
"""

from collections.abc import Mapping, Sequence

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.kpis.definitions import Sum
from rcm_lakehouse.kpis.relations.accounts import SLICES
from rcm_lakehouse.kpis.relations.known import PLACE, Known
from rcm_lakehouse.kpis.relations.span import Span
from rcm_lakehouse.kpis.sums import placed

ROW_KEYS: Mapping[str, tuple[str, ...]] = {
    "posted_entry": ("line_id",),
    "account_balance": ("account_id", "responsible_party"),
    "unbilled_charge": ("line_id", "stage"),
    "patient_responsibility": ("account_id",),
    "claim_life": ("claim_id",),
    "remitted_claim": ("claim_id",),
    "claim_edit": ("claim_id",),
    "gl_balance": ("source_key",),
    "claim": ("claim_id",),
    "transaction": ("transaction_id",),
    "encounter": ("encounter_id",),
}
"""What names a row of a relation among those of a hospital and period."""

PLACE_TYPES = dict.fromkeys(PLACE, "string") | {"_generation": "int", "_row_number": "bigint"}


def contributions(known: Known, span: Span, sums: Sequence[Sum], columns: Mapping[Sum, str]) -> DataFrame:
    """One row per row of the one relation that `sums` are of, period and timing by which it counts there:

    `hospital`, `period`, `row` (its key), `account_id` and `PLACE` (NULL where it is made of many), `SLICES`, and by
    each sum's name in `columns` what the row adds to it, NULL where it does not count.
    """
    rows, amounts = placed(known, span, sums)
    told = rows.select(
        *("hospital", "period"),
        F.concat_ws("|", *ROW_KEYS[sums[0].of]).alias("row"),
        _or_null(rows, "account_id", "string"),
        *(_or_null(rows, name, kind) for name, kind in PLACE_TYPES.items()),
        *SLICES,
        *(F.expr(f"{amount} AS {columns[one]}") for one, amount in amounts.items()),
    )
    return told.where(F.coalesce(*(columns[one] for one in amounts)).isNotNull())


def _or_null(rows: DataFrame, name: str, kind: str) -> Column:
    return (F.col(name) if name in rows.columns else F.lit(None).cast(kind)).alias(name)
