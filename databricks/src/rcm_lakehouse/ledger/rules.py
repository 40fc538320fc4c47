"""Which entries a row of a noun causes: metadata/ledger/<noun>.json as values. SQL is over the noun's columns."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RECEIVABLE = "1200"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: `amount` on an account of the general ledger, `party` who owes it (of receivables only)."""

    gl_account: str | None
    party: str | None
    amount: str


@dataclass(frozen=True, slots=True)
class Rule:
    """What a row means when `when` holds. Without postings it enters nothing, and `kind` may be None."""

    when: str
    kind: str | None
    on_account: bool
    postings: tuple[Posting, ...]


@dataclass(frozen=True, slots=True)
class EntryRules:
    """The rules of a noun; the first that applies counts. `rules_id` names their text.

    `account`, the dates and `carries` are columns of the noun, None: it has none.
    """

    book: str
    account: str | None
    is_reversal: str
    service_date: str | None
    effective_date: str
    posting_date: str
    carries: tuple[str, ...]
    rules: tuple[Rule, ...]
    rules_id: str


def read_rules(document: Mapping[str, Any]) -> EntryRules:
    """A document that fits metadata/schema/ledger.schema.json as a value."""
    dates = document["dates"]
    return EntryRules(
        book=document["book"],
        account=document.get("account"),
        is_reversal=document.get("is_reversal", "false"),
        service_date=dates.get("service"),
        effective_date=dates["effective"],
        posting_date=dates["posting"],
        carries=tuple(document.get("carries", ())),
        rules=tuple(_rule(rule) for rule in document["rules"]),
        rules_id=hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()[:16],
    )


def _rule(document: Mapping[str, Any]) -> Rule:
    postings = tuple(
        Posting(posting.get("gl_account"), posting.get("party"), posting["amount"]) for posting in document["postings"]
    )
    return Rule(document.get("when", "true"), document.get("kind"), document.get("on_account", True), postings)
