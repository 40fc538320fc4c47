"""Decides how a worked file ends: what its report means for the ledger. Pure; the commit carries it out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from shared.model.ingestion import Outcome, ReasonCount, Status
from shared.model.source import Controls, SourceDefinition
from shared.pipeline.check_file import FileReport, ReasonKey
from shared.pipeline.identify import Identified

MOST_REASONS = 200
REASONS_CHARACTERS = 30_000  # as JSON, so that they fit into a column of a table


@dataclass(frozen=True, slots=True)
class Staged:
    """What an attempt staged: references of its files and the hash of the bytes it read."""

    bronze: str
    quarantine: str
    content_hash: str


def conclude(
    source: SourceDefinition,
    identified: Identified,
    report: FileReport,
    staged: Staged,
    last_count: int | None,
    controls: Mapping[str, str],
) -> Outcome:
    """The end of a generation. `last_count` is the size of the source's last delivery, None to skip the size guard;
    `controls` is what the sender said beside the bytes, by metadata key."""
    outcome = _counted(source, identified, report, staged)
    refusal = _structural_reason(report) or _control_reason(source.controls, report, controls)
    if refusal:
        return refused(refusal, outcome)
    if _is_far_smaller(source, report.records_in, last_count):
        return replace(outcome, status=Status.HELD, reason="far_smaller_than_last")
    return replace(
        outcome,
        status=Status.LANDED,
        bronze=staged.bronze,
        quarantine=staged.quarantine if report.quarantined else "",
    )


def refused(reason: str, outcome: Outcome) -> Outcome:
    """A whole file turned away: no record of it counts; the bytes stay in the archive."""
    return replace(
        outcome,
        status=Status.REFUSED,
        reason=reason,
        records_in=0,
        bronze_count=0,
        quarantined_count=0,
        advisory_count=0,
    )


def _counted(source: SourceDefinition, identified: Identified, report: FileReport, staged: Staged) -> Outcome:
    return Outcome(
        source_id=source.source_id,
        databricks_job=source.databricks_job,
        records_in=report.records_in,
        bronze_count=report.bronze,
        quarantined_count=report.quarantined,
        advisory_count=report.advisory,
        content_hash=staged.content_hash,
        as_of=identified.path_values.get(source.delivery.as_of_name, ""),
        period=identified.path_values.get(source.delivery.period_name, ""),
        reasons=_commonest(report.reasons),
    )


def _commonest(reasons: Mapping[ReasonKey, int]) -> tuple[ReasonCount, ...]:
    """As many as fit, in falling order: a property that nobody declared has a name of any length."""
    counted = sorted(reasons.items(), key=lambda item: (-item[1], item[0]))
    told, room = [], REASONS_CHARACTERS
    for (tier, rule, field), count in counted[:MOST_REASONS]:
        size = len(json.dumps([tier, rule, field, count])) + 1
        if size <= room:
            told.append(ReasonCount(str(tier), rule, field, count))
            room -= size
    return tuple(told)


def _structural_reason(report: FileReport) -> str:
    return next((violation.rule for violation in report.structural), "")


def _control_reason(declared: Controls, report: FileReport, controls: Mapping[str, str]) -> str:
    """Control totals that the sender stated against what was counted; one not stated is not compared, or is missed."""
    if declared.required and declared.keys - controls.keys():
        return "control_missing"
    key = declared.record_count
    if key and key in controls and not _agrees(controls[key], Decimal(report.records_in)):
        return "control_record_count"
    sums = ((controls[key], report.column_totals[column]) for column, key in declared.sums.items() if key in controls)
    return "" if all(_agrees(stated, total) for stated, total in sums) else "control_sum"


def _agrees(stated: str, counted: Decimal) -> bool:
    try:
        return Decimal(stated) == counted
    except InvalidOperation:
        return False


def _is_far_smaller(source: SourceDefinition, records_in: int, last_count: int | None) -> bool:
    share = source.delivery.hold_below_share
    if share is None or not last_count:
        return False
    return Decimal(records_in) < share * last_count
