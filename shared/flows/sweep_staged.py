"""Takes away staged files that no commit names and that no attempt can still be writing."""

import re
from datetime import datetime, timedelta

from shared import telemetry
from shared.flows.stage import BRONZE, QUARANTINE
from shared.model.commit import LEDGER
from shared.ports import Ports

LONGEST_ATTEMPT = timedelta(hours=6)
STAGED = re.compile(r"[^/]+/(?P<file_version_id>[0-9a-f]{64})/(?P<generation>\d+)/[0-9a-f]{32}\.parquet")


def sweep_staged(ports: Ports, now: datetime) -> None:
    """Looks at all of bronze and quarantine; files younger than the longest attempt are left alone."""
    for container, column in ((BRONZE, "bronze"), (QUARANTINE, "quarantine")):
        for blob in ports.files.list(container):
            match = STAGED.fullmatch(blob.name)
            if match and blob.last_modified < now - LONGEST_ATTEMPT:
                row = ports.ledger.get(LEDGER, match["file_version_id"], f"generation-{int(match['generation']):04d}")
                if row is None or row.values.get(column) != f"{container}/{blob.name}":
                    ports.files.delete(container, blob.name)
                    telemetry.event("staged_file_swept", file_version_id=match["file_version_id"])
