"""rebuild_listings: writes every listing row anew from the ledger, for when the listings were lost or are doubted."""

from shared.flows.follow_through import show_in_listings
from shared.model.commit import HEAD, LEDGER
from shared.model.ingestion import Ingestion
from shared.ports import Ports


def rebuild_listings(ports: Ports) -> int:
    """How many file versions were listed. Reads the whole ledger; may run while the program works."""
    listed = 0
    for partition in ports.ledger.partitions(LEDGER):
        head = ports.ledger.get(LEDGER, partition, HEAD)
        if head:
            show_in_listings(ports, Ingestion.from_row(head))
            listed += 1
    return listed
