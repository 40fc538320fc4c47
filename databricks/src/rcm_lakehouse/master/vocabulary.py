"""The tables of master data in words: what a row is, and what each column says."""

from collections.abc import Mapping

from rcm_lakehouse.master import crosswalks, providers, rows, taken_in

TABLES: Mapping[str, tuple[str, str]] = {
    rows.PERSON: ("A person, as the records of all hospitals put together", rows.PERSON_SCHEMA),
    rows.PERSON_MEMBER: ("The time in which a patient's record was of a person", rows.PERSON_MEMBER_SCHEMA),
    rows.PATIENT_MATCH: (
        "Two records that match, that wait for a person's word, or that somebody decided on",
        rows.PATIENT_MATCH_SCHEMA,
    ),
    providers.PROVIDER_MEMBER: ("A hospital's provider and the golden one", providers.PROVIDER_MEMBER_SCHEMA),
    crosswalks.CROSSWALK_MEMBER: ("A hospital's code and the golden one", crosswalks.CROSSWALK_MEMBER_SCHEMA),
    taken_in.TAKEN_IN: ("A table that a part of master data stands on", taken_in.TAKEN_IN_SCHEMA),
}
"""By name: what one row is, and the schema."""

MEANINGS: Mapping[str, str] = {
    "agree": "Fields that are the same in both",
    "close": "Fields that are nearly the same, and how: first_name:nickname",
    "code": "The hospital's code",
    "crosswalk": "Which crosswalk of metadata/crosswalks",
    "decided_at": "When somebody decided (UTC)",
    "decided_by": "Who decided; NULL: the rules",
    "decision_id": "The decision, as silver.match_decision has it",
    "differ": "Fields that differ",
    "golden_code": "What it means in every hospital; NULL: unmapped",
    "golden_provider_id": "One id for all hospitals: a hash of the NPI, else of the hospital's own id",
    "hospital": "The facility",
    "hospitals": "The facilities that have a record of the person",
    "input": "The table",
    "is_current": "Whether it is so now",
    "joined_by": "The rule or decision that holds it; alone: it is with no other",
    "joined_with": "The record on the other side of that rule or decision",
    "match_probability": "The chance that the two are one person, by the weight",
    "match_weight": "log2 of the odds that the two are one person; NULL: they were not compared",
    "npi": "National Provider Identifier as the hospital has it",
    "outcome": "same_person, two_persons, or review: a person should look",
    "pair_id": "Hash of the two ids",
    "part": "persons, providers or crosswalks",
    "patient_count": "How many records",
    "patient_id": "The record: a hospital's own number of a person",
    "patient_id_1": "One record, the smaller id",
    "patient_id_2": "The other",
    "person_id": "The person: a hash of the smallest id of its records",
    "provider_id": "The hospital's own number of the provider",
    "reason": "The rule, conflict or decision behind the outcome",
    "rules_id": "Hash of the rules",
    "rules_version": "Version of the rules that said so",
    "since": "From when it was so: when the newest file behind it came to be known (UTC)",
    "until": "Until when, exclusive; NULL: still",
    "version": "Delta's version of it",
}
