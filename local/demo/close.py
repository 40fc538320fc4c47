"""Month-end close on the demo's page: how the periods stand, what was signed, and why it would differ today."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from local.demo.client import ApiError, Client

SHOWN = 6
"""Periods of each hospital that are listed."""


def gather_close(client: Client) -> list[dict[str, Any]]:
    """Some periods of each hospital, the one to be told of in full; none where no account ledger is fed."""
    try:
        listed = client.get("periods")["periods"]
    except ApiError as refusal:
        if refusal.status != 404:
            raise
        return []
    hospitals = sorted({period["hospital"] for period in listed})
    return [
        told
        for hospital in hospitals
        for told in _some(client, [period for period in listed if period["hospital"] == hospital])
    ]


def _some(client: Client, periods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The periods around the one that was signed last of those with a variance; without any, the last periods."""
    signed = [number for number, period in enumerate(periods) if period["status"] == "signed"]
    for number in reversed(signed):
        whole = _in_full(client, periods[number])
        if whole.get("variance"):
            return _around(number, [*periods[:number], whole, *periods[number + 1 :]])
    return _around(signed[-1] if signed else len(periods) - 1, periods)


def _around(number: int, periods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    until = number + SHOWN // 2
    return periods[max(0, min(until, len(periods)) - SHOWN) : until]


def _in_full(client: Client, period: Mapping[str, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = client.get(f"periods/{period['hospital']}/{period['period']}")
    return whole


type Row = Sequence[str]


def statuses(periods: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Hospital, period, status, who signed and when."""
    rows: list[Row] = []
    for period in periods:
        signed = period.get("signed", {})
        at = str(signed.get("locked_at", ""))[:19].replace("T", " ")
        rows.append((period["hospital"], period["period"], period["status"], signed.get("signed_by", ""), at))
    return rows


def figures(period: Mapping[str, Any]) -> list[Row]:
    """Account group, measure, signed, restated, variance: of each figure that is not nought in both views."""
    return [
        (each["account_group"].replace("_", " "), each["measure"], *(_usd(each[view]) for view in VIEWS))
        for each in period["figures"]
        if any(Decimal(each[view]) for view in VIEWS)
    ]


VIEWS = ("books", "restated", "variance")


def reasons(period: Mapping[str, Any]) -> list[Row]:
    """What makes up each variance: account group, cause, noun, file, ledger lines, amount."""
    return [
        (
            each["account_group"].replace("_", " "),
            each["cause"].replace("_", " "),
            each["noun"].replace("_", " "),
            (each["file_version_id"] or "")[:12],
            f"{each['lines']:,}",
            _usd(each["amount"]),
        )
        for each in period["variance"]
    ]


def _usd(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
