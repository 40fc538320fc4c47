"""Rows of a silver noun into lines: what each row enters when it comes to be known, and takes back when it ceases."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.ledger.rules import EntryRules, Posting, Rule
from rcm_lakehouse.metadata import Noun
from rcm_lakehouse.transforms.mapping import POSITION

TABLES = {"account": "gold.ledger_line", "payable": "gold.payable_entry"}
"""Book to the table that holds it."""

POSTING = "struct<n: int, gl_account: string, party: string, amount: decimal(18,2), kind: string, account: string>"
INSTANT = "yyyy-MM-dd'T'HH:mm:ss.SSSSSS"


def lines(rows: DataFrame, noun: Noun, rules: EntryRules) -> DataFrame:
    """Lines that `rows`, spans of knowledge of the noun's members, cause: a function of each row by itself.

    An entry is known from the row's `known_from`. From its `known_until` on each line is taken back by one with the
    sign turned. The lines of an entry add up to nought; an amount of nought makes no line.
    """
    told = F.array(_told("known_from", False), _told("known_until", True))
    entered = rows.select(
        "*", source_key(noun).alias("source_key"), F.explode(told).alias("_told"), _postings(rules).alias("_postings")
    )
    entered = entered.where("_told.at IS NOT NULL").withColumn("_entry", F.explode("_postings"))
    entered = entered.where("_entry.amount <> 0")
    row = F.concat_ws("|", F.lit(noun.name), "source_id", "source_key", F.date_format("known_from", INSTANT))
    named = entered.withColumns({"_row": row, "_is_undone": F.col("_told.is_undone")})
    undone = F.col("_is_undone")
    amount = F.col("_entry.amount")
    return named.select(
        _line_id(undone).alias("line_id"),
        _set_id(undone).alias("entry_set_id"),
        F.split_part("source_id", F.lit("__"), F.lit(1)).alias("hospital"),
        *_of_book(rules),
        F.col("_entry.kind").alias("kind"),
        F.coalesce(F.expr(rules.is_reversal), F.lit(False)).alias("is_reversal"),
        F.when(undone, -amount).otherwise(amount).cast("decimal(18,2)").alias("amount"),
        (F.col(rules.service_date) if rules.service_date else F.lit(None).cast("date")).alias("service_date"),
        F.col(rules.posting_date).alias("posting_date"),
        F.col(rules.effective_date).alias("effective_date"),
        F.col("_told.at").alias("known_at"),
        F.when(undone, _line_id(F.lit(False))).alias("takes_back"),
        F.lit(noun.name).alias("noun"),
        *("source_id", "source_key", *POSITION),
    )


def source_key(noun: Noun) -> Column:
    """The row's own key in its source."""
    return F.concat_ws("|", *noun.key)


def _told(instant: str, is_undone: bool) -> Column:
    return F.struct(F.col(instant).alias("at"), F.lit(is_undone).alias("is_undone"))


def _postings(rules: EntryRules) -> Column:
    nothing = F.array().cast(f"array<{POSTING}>")
    chosen = F.when(F.lit(False), nothing)
    for rule in rules.rules:
        made = [_posting(n, posting, rule, rules) for n, posting in enumerate(rule.postings, start=1)]
        chosen = chosen.when(F.expr(rule.when), F.array(*made).cast(f"array<{POSTING}>"))
    return chosen.otherwise(nothing)


def _posting(n: int, posting: Posting, rule: Rule, rules: EntryRules) -> Column:
    account = F.col(rules.account) if rules.account and rule.on_account else F.lit(None)
    party = F.expr(posting.party) if posting.party else F.lit(None)
    return F.struct(
        F.lit(n).alias("n"),
        F.lit(posting.gl_account).alias("gl_account"),
        party.cast("string").alias("party"),
        F.expr(posting.amount).cast("decimal(18,2)").alias("amount"),
        F.lit(rule.kind).alias("kind"),
        account.cast("string").alias("account"),
    )


def _of_book(rules: EntryRules) -> list[Column]:
    if rules.book == "payable":
        return [F.col(name) for name in rules.carries]
    entry = F.col("_entry")
    return [
        entry.account.alias("account_id"),
        entry.party.alias("responsible_party"),
        entry.gl_account.alias("gl_account"),
    ]


def _set_id(undone: Column) -> Column:
    return F.md5(F.concat(F.col("_row"), F.when(undone, F.lit("|taken back")).otherwise(F.lit(""))))


def _line_id(undone: Column) -> Column:
    return F.md5(F.concat_ws("|", _set_id(undone), F.col("_entry.n")))
