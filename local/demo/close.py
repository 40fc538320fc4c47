"""Month-end close on the demo's page: how the periods stand, what was signed, and why it would differ today."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from local.demo.client import ApiError, Client

SHOWN = 6
"""The latest periods of each hospital that are listed."""


def gather_close(client: Client) -> list[dict[str, Any]]:
    """The latest periods of each hospital, the one signed last in full; none where no account ledger is fed."""
    try:
        listed = client.get("periods")["periods"]
    except ApiError as refusal:
        if refusal.status != 404:
            raise
        return []
    hospitals = sorted({period["hospital"] for period in listed})
    latest = [_latest([period for period in listed if period["hospital"] == hospital]) for hospital in hospitals]
    return [_in_full(client, period) if is_told else period for periods in latest for period, is_told in periods]


def _latest(periods: list[dict[str, Any]]) -> list[tuple[dict[str, Any], bool]]:
    """The periods around the one signed last, which is marked; the last ones where none is signed."""
    signed = [number for number, period in enumerate(periods) if period["status"] == "signed"]
    until = signed[-1] + SHOWN // 2 if signed else len(periods)
    return [(periods[n], n in signed[-1:]) for n in range(max(0, until - SHOWN), min(until, len(periods)))]


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
