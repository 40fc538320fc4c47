"""Rows whose entries cannot be told: silver rejects them, so that the books lack nothing in silence."""

from functools import reduce

from pyspark.sql import Column
from pyspark.sql import functions as F

from rcm_lakehouse.ledger.rules import RECEIVABLE, EntryRules, Rule


def missing(rules: EntryRules) -> Column:
    """Why a row's entries cannot be told, `ledger:<rule, account or party>`, else NULL: such a row is a reject."""
    told = F.when(F.lit(False), F.lit(None).cast("string"))
    for rule in rules.rules:
        told = told.when(F.expr(rule.when), _missing_of(rule, rules))
    return told.otherwise(F.lit("ledger:rule"))


def _missing_of(rule: Rule, rules: EntryRules) -> Column:
    receivables = [posting for posting in rule.postings if posting.gl_account == RECEIVABLE]
    nobody = F.lit(None).cast("string")
    if not receivables:
        return nobody
    unnamed = reduce(Column.__or__, (F.expr(str(posting.party)).isNull() for posting in receivables))
    return F.when(F.col(str(rules.account)).isNull(), "ledger:account").when(unnamed, "ledger:party").otherwise(nobody)
