"""Which columns a column is made of, from the metadata: source mappings, ledger rules, KPI definitions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rcm_lakehouse.bronze.log import log_table
from rcm_lakehouse.errors import MetadataError
from rcm_lakehouse.kpis.definitions import Kpi, Sum
from rcm_lakehouse.kpis.relations import RELATIONS
from rcm_lakehouse.kpis.relations.known import LEDGER_SCHEMA, LEDGER_TABLE
from rcm_lakehouse.kpis.table import KPI_TABLE
from rcm_lakehouse.ledger.lines import TABLES
from rcm_lakehouse.ledger.rules import EntryRules
from rcm_lakehouse.metadata import Metadata, Noun, Source

IDENTITY, TRANSFORMATION, AGGREGATION = "IDENTITY", "TRANSFORMATION", "AGGREGATION"
CONDITIONAL, FILTER = "CONDITIONAL", "FILTER"
"""OpenLineage's words: the first three say that a value comes from a column, the others that it decides."""

WORD = re.compile(r"'[^']*'|[a-z_][a-z_0-9]*")
LINE = tuple(part.split()[0] for part in LEDGER_SCHEMA.split(", "))

SQL_WORDS = {
    *("and", "or", "not", "in", "is", "null", "true", "false", "between", "case", "when", "then", "else", "end"),
    *("coalesce", "least", "greatest", "datediff", "date_add", "date_sub"),
    "as_of",
}

PAID = ("responsibility", "paid", "paid_within_30", "paid_within_60", "paid_within_90")

LAID_OUT: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]] = {
    "account_balance": {
        "balance": [(LEDGER_TABLE, "amount")],
        "as_of": [(LEDGER_TABLE, "posting_date")],
        "responsibility_arose": [(LEDGER_TABLE, "effective_date")],
    },
    "unbilled_charge": {
        "as_of": [(LEDGER_TABLE, "posting_date"), ("silver.account", "discharge_date")],
        "stage": [("silver.account", "final_bill_date"), ("silver.claim_submission", "submitted_date")],
    },
    "patient_responsibility": {
        **{name: [(LEDGER_TABLE, "amount")] for name in PAID},
        "arose": [(LEDGER_TABLE, "effective_date")],
        "cause": [("silver.remittance_adjustment", "reason_code"), ("silver.account", "primary_payer_code")],
    },
    "claim_life": {
        "first_submitted_date": [("silver.claim_submission", "submitted_date")],
        "first_submitted_amount": [("silver.claim_submission", "charge_amount")],
        "first_denied_date": [("silver.remittance_claim", "posting_date")],
        "first_denied_amount": [("silver.remittance_claim", "charge_amount")],
        "passed_first": [
            ("silver.claim_acknowledgement", "category_code"),
            ("silver.remittance_adjustment", "amount"),
            ("silver.payer_contract", "rate_basis_points"),
        ],
    },
    "remitted_claim": {
        "as_of": [("silver.remittance_claim", "posting_date")],
        "denied": [("silver.remittance_claim", "paid_amount"), ("silver.remittance_adjustment", "reason_code")],
    },
    "gl_balance": {"month": [("silver.gl_balance", "period")]},
}
"""Columns of relations that are not a table's own, and what they are laid out from."""

type Inputs = dict[tuple[str, str], str]
"""(table, column) to the way in which it comes in."""
type Columns = dict[str, dict[str, Inputs]]


def column_lineage(metadata: Metadata, kpis: Iterable[Kpi]) -> Columns:
    """Table, column: its inputs. MetadataError where a KPI names a column that no table of its relation has."""
    found: Columns = defaultdict(lambda: defaultdict(dict))
    for source in metadata.sources.values():
        for column, inputs in _mapped(source):
            found[f"silver.{source.noun}"][column] |= inputs
    ruled = [(noun, noun.entries) for noun in metadata.nouns.values() if noun.entries]
    for noun, rules in ruled:
        for column, inputs in _entered(noun, rules):
            found[TABLES[rules.book]][column] |= inputs
    for kpi in kpis:
        for definition in kpi.definitions:
            for bucket in definition.buckets:
                for column, one in (("numerator", bucket.numerator), ("denominator", bucket.denominator)):
                    found[KPI_TABLE][column] |= _summed(one, metadata)
    return found


def columns_document(columns: Columns) -> dict[str, dict[str, list[list[str]]]]:
    """As JSON takes it: table, column, and its inputs as [table, column, way], in order."""
    return {
        table: {name: [[*one, way] for one, way in sorted(inputs.items())] for name, inputs in sorted(mine.items())}
        for table, mine in sorted(columns.items())
    }


def _mapped(source: Source) -> Iterator[tuple[str, Inputs]]:
    for column, cell in source.cells.items():
        if cell.column:
            way = TRANSFORMATION if cell.format or cell.values or cell.normalise else IDENTITY
            yield column, {(log_table(source.source_id), source.log_names[cell.column]): way}


def _entered(noun: Noun, rules: EntryRules) -> Iterator[tuple[str, Inputs]]:
    table, known = f"silver.{noun.name}", {column.name for column in noun.columns}
    dates = {"service_date": rules.service_date, "posting_date": rules.posting_date}
    for column, name in {**dates, "effective_date": rules.effective_date, "account_id": rules.account}.items():
        if name and (column != "account_id" or rules.book == "account"):
            yield column, {(table, name): IDENTITY}
    for name in (*rules.carries, "source_key"):
        yield name, {(table, one): IDENTITY for one in (noun.key if name == "source_key" else [name])}
    for rule in rules.rules:
        decides = {(table, word): CONDITIONAL for word in _words(rule.when) & known}
        for posting in rule.postings:
            yield "amount", decides | {(table, word): TRANSFORMATION for word in _words(posting.amount) & known}
            if posting.party:
                yield "responsible_party", {(table, word): TRANSFORMATION for word in _words(posting.party) & known}
        yield "kind", decides


def _summed(one: Sum, metadata: Metadata) -> Inputs:
    decides = {place: FILTER for word in _words(f"{one.where} {one.period}") for place in _places(word, one, metadata)}
    return decides | {place: AGGREGATION for word in _words(one.amount) for place in _places(word, one, metadata)}


def _places(word: str, one: Sum, metadata: Metadata) -> Sequence[tuple[str, str]]:
    """Where a column of a relation is from; nothing for a word of SQL and for the as-of date of feeds."""
    laid_out = LAID_OUT.get(one.of, {})
    if word in laid_out:
        return laid_out[word]
    tables = [table for table in RELATIONS[one.of].tables if word in _columns(table, metadata)]
    if not tables and word not in SQL_WORDS:
        raise MetadataError(f"no column {word!r} in what {one.of} is made of")
    return [(tables[0], word)] if tables else []


def _columns(table: str, metadata: Metadata) -> set[str]:
    if table == LEDGER_TABLE:
        return set(LINE)
    noun = metadata.nouns[table.removeprefix("silver.")]
    return {*(column.name for column in noun.columns), "quality_flags"}


def _words(expression: str) -> set[str]:
    """Names in a SQL expression, literals left out."""
    return {word for word in WORD.findall(expression.lower()) if not word.startswith("'")}
