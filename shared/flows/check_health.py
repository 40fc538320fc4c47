"""Whether the program can work: settings read, metadata sound, ledger in reach."""

from shared.model.commit import LEDGER
from shared.ports import Ports


def check_health(ports: Ports) -> dict[str, object]:
    """`{"status": "ok", "sources": n}`; raises what stands in the way."""
    ports.ledger.get(LEDGER, "health", "health")
    return {"status": "ok", "sources": len(ports.metadata.sources)}
