"""Takes away staged files that the commit of their generation does not name: no attempt can bring it to another."""

import re

from shared import telemetry
from shared.flows.stage import BRONZE, QUARANTINE
from shared.model.commit import LEDGER
from shared.ports import Ports

STAGED = re.compile(r"[^/]+/(?P<file_version_id>[0-9a-f]{64})/(?P<generation>\d+)/[0-9a-f]{32}\.parquet")


def sweep_staged(ports: Ports) -> None:
    """Looks at all of bronze and quarantine; files of a generation that is still at work are left alone."""
    for container, column in ((BRONZE, "bronze"), (QUARANTINE, "quarantine")):
        for blob in ports.files.list(container):
            match = STAGED.fullmatch(blob.name)
            if match is None:
                continue
            row = ports.ledger.get(LEDGER, match["file_version_id"], f"generation-{int(match['generation']):04d}")
            if row and row.values.get(column) != f"{container}/{blob.name}":
                ports.files.delete(container, blob.name)
                telemetry.event("staged_file_swept", file_version_id=match["file_version_id"])
