"""Persons from silver: matched on the driver, then only what changed is written."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from rcm_lakehouse.deliveries import DELIVERIES
from rcm_lakehouse.gold.silver_tables import silver_rows
from rcm_lakehouse.lake import CHANGE, Lake, Written
from rcm_lakehouse.local_rows import local_rows
from rcm_lakehouse.master import rows
from rcm_lakehouse.master.decisions import Decision, in_force
from rcm_lakehouse.master.match import match
from rcm_lakehouse.master.rules import MatchRules
from rcm_lakehouse.master.standardise import PATIENT_COLUMNS
from rcm_lakehouse.master.taken_in import tuples
from rcm_lakehouse.metadata import Metadata
from rcm_lakehouse.transforms.differences import differences

PATIENT, DECISION = "patient", "match_decision"
DECISION_COLUMNS = ("patient_id_1", "patient_id_2", "decision_id", "verdict", "decided_by", "decided_at")


def bring_up_persons(lake: Lake, metadata: Metadata, rules: MatchRules) -> tuple[list[Written], Mapping[str, int]]:
    """What was written, and how many decisions name a patient whom silver does not have."""
    versions = silver_rows(lake, metadata.nouns[PATIENT]).select(*PATIENT_COLUMNS).toArrow()
    decisions = _decisions(lake, metadata)
    patients = set(versions["patient_id"].to_pylist())
    usable = [one for one in decisions if patients.issuperset(one.ids)]
    matched = match(versions, usable, rules)
    pairs = local_rows(lake.spark, rows.match_rows(matched, rules.version), rows.PATIENT_MATCH_SCHEMA)
    persons = local_rows(lake.spark, rows.person_rows(matched.person_of), rows.PERSON_SCHEMA)
    written = [
        write_wanted(lake, rows.PATIENT_MATCH, pairs, rows.PATIENT_MATCH_KEY),
        _write_members(lake, metadata, rows.memberships(matched), rules.version),
        write_wanted(lake, rows.PERSON, persons, rows.PERSON_KEY),
    ]
    unknown = len(decisions) - len(usable)
    return [one for one in written if one], {"decision_of_unknown_patient": unknown} if unknown else {}


def write_wanted(lake: Lake, table: str, wanted: DataFrame, key: Sequence[str]) -> Written | None:
    """Turns what is stored into what is wanted, in one commit; None where they are equal."""
    if not lake.exists(table):
        return lake.append(table, wanted)
    return lake.merge(table, lake.stage(table, differences(lake.read(table), wanted, key)), key)


def _decisions(lake: Lake, metadata: Metadata) -> list[Decision]:
    if not lake.exists(f"silver.{DECISION}"):
        return []
    told = silver_rows(lake, metadata.nouns[DECISION]).where("is_current").select(*DECISION_COLUMNS)
    return in_force(Decision.on(*row) for row in tuples(told))


def _write_members(
    lake: Lake, metadata: Metadata, wanted: Mapping[str, rows.Membership], rules_version: int
) -> Written | None:
    at = _known_at(lake, metadata)
    changes = rows.membership_changes(_stored_members(lake), wanted, at, rules_version)
    changed = local_rows(lake.spark, changes, f"{rows.PERSON_MEMBER_SCHEMA}, {CHANGE} string")
    if not lake.exists(rows.PERSON_MEMBER):
        return lake.append(rows.PERSON_MEMBER, changed.drop(CHANGE))
    return lake.merge(rows.PERSON_MEMBER, lake.stage(rows.PERSON_MEMBER, changed), rows.PERSON_MEMBER_KEY)


def _stored_members(lake: Lake) -> dict[str, rows.StoredMembership]:
    if not lake.exists(rows.PERSON_MEMBER):
        return {}
    columns = ("patient_id", "since", "rules_version", *rows.Membership._fields)
    return rows.stored_memberships(tuples(lake.read(rows.PERSON_MEMBER).where("is_current").select(*columns)))


def _known_at(lake: Lake, metadata: Metadata) -> datetime:
    """When the newest of what persons are made of came to be known: no clock, so that a repeat tells the same."""
    feeds = [name for name, source in metadata.sources.items() if source.noun in (PATIENT, DECISION)]
    told = lake.read(DELIVERIES).where(F.col("source_id").isin(feeds)).agg(F.max("known_at"))
    known: datetime = tuples(told)[0][0]
    return known
