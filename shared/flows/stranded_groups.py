"""Groups that no run attempt could take in: told until they are in, and started again, each alone and ever later.

Alone, so that a file that no run can take in keeps no other waiting; again, because what failed may have been mended.
"""

from collections.abc import Iterator
from typing import NamedTuple

from shared import telemetry
from shared.errors import FileGoneError
from shared.flows.commit_run import manifest_keys, recorded_run
from shared.model.commit import DATABRICKS_RUNS, HEAD, LEDGER
from shared.model.databricks_run import DatabricksRun
from shared.model.manifest import MANIFESTS
from shared.model.stranded_group import PREFIX, StrandedGroup
from shared.pipeline.listing import END_OF_TIME
from shared.ports import Ports


class Stranded(NamedTuple):
    """A stranded group and the last run attempt of it."""

    group: StrandedGroup
    run: DatabricksRun


def stranded_groups(ports: Ports, databricks_job: str) -> Iterator[Stranded]:
    """All of a job that still concern anybody; the row of another is taken away."""
    for row in ports.ledger.scan(DATABRICKS_RUNS, databricks_job, PREFIX, f"{PREFIX}~"):
        group = StrandedGroup.from_row(row)
        run = recorded_run(ports, databricks_job, group.token)
        if run and _is_wanted(ports, run):
            yield Stranded(group, run)
        else:
            ports.ledger.delete(DATABRICKS_RUNS, databricks_job, [group.key])


def _is_wanted(ports: Ports, run: DatabricksRun) -> bool:
    """Whether any of its generations is still the newest of its file: others were asked for again, or withdrawn."""
    try:
        keys = manifest_keys(ports, run)
    except FileGoneError:  # nobody can say, so somebody has to
        return True
    for file_version_id, generation in keys:
        head = ports.ledger.get(LEDGER, file_version_id, HEAD)
        if head and head.values["generation"] == generation:
            return True
    return False


def group_to_start_again(ports: Ports, databricks_job: str) -> Stranded | None:
    """The group whose turn came first, if one's has come and its manifest is there."""
    now = ports.clock.now()
    due = [each for each in stranded_groups(ports, databricks_job) if (each.group.again_at or END_OF_TIME) <= now]
    due.sort(key=lambda each: each.group.again_at or END_OF_TIME)
    names = (f"{databricks_job}/{each.group.manifest}.json" for each in due)
    return next((each for each, name in zip(due, names, strict=True) if ports.files.describe(MANIFESTS, name)), None)


def tell_stranded_groups(ports: Ports, databricks_job: str) -> None:
    """An alert for each: its last token, how many files wait, and for how long."""
    now = ports.clock.now()
    for group, run in stranded_groups(ports, databricks_job):
        seconds = int((now - group.since).total_seconds())
        telemetry.alert("group_stranded", token=group.token, members=run.member_count, seconds=seconds)
