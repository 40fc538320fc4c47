"""refresh_codes: code sets from their publishers, brought into landing; the line takes over from there."""

from functools import partial

from shared.flows.ask_declared import ask_declared
from shared.flows.bring_each import bring_each
from shared.flows.confirm_codes_seen import confirm_codes_seen
from shared.flows.refresh_edition import refresh_edition
from shared.model.code_set import CodeSet, CodesSeen, ReleaseCalendar
from shared.ports import Ports


def refresh_codes(ports: Ports) -> None:
    """Refreshes every active code set that is due. TransientError at the end when one of them failed."""
    active = ((name, code_set) for name, code_set in ports.metadata.code_sets.items() if code_set.active)
    bring_each("code_set_id", active, partial(_refresh, ports))


def _refresh(ports: Ports, code_set: CodeSet) -> str:
    if isinstance(code_set.refresh, ReleaseCalendar):
        return refresh_edition(ports, code_set, code_set.refresh)
    if isinstance(code_set.refresh.asks, CodesSeen):
        return confirm_codes_seen(ports, code_set, code_set.refresh, code_set.refresh.asks)
    return ask_declared(ports, code_set, code_set.refresh, code_set.refresh.asks)
