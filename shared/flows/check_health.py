"""Whether the program can work at all: settings read, metadata sound, ledger in reach."""

from shared.model.commit import LEDGER
from shared.ports import Ports


def check_health(ports: Ports) -> dict[str, object]:
    """`{"status": "ok", "sources": n}`; raises what stands in the way."""
    sources = len(ports.metadata.sources)
    ports.ledger.get(LEDGER, "health", "health")
    return {"status": "ok", "sources": sources}
