from pathlib import Path
from typing import Any

from local.demo.client import ApiError
from local.demo.close import gather_close
from local.demo.page import write_page

SIGNED: dict[str, Any] = {
    "hospital": "hospital_a",
    "period": "2024-07",
    "status": "signed",
    "signed": {"signed_by": "Ann <Controller>", "locked_at": "2024-08-05T10:00:00.000000Z"},
}
FIGURE = {"account_group": "1200_patient", "measure": "movement", "books": "1000.00", "restated": "998.50"}
FIGURES = [
    {**FIGURE, "variance": "1.50"},
    {**FIGURE, "measure": "balance", "books": "0.00", "restated": "0.00", "variance": "0.00"},
]
REASON = {"account_group": "1200_patient", "cause": "known_late", "noun": "charge", "source_id": "hospital_a__charge"}
WHOLE = {
    **SIGNED,
    "figures": FIGURES,
    "variance": [{**REASON, "file_version_id": "ab" * 32, "lines": 3, "amount": "1.50"}],
    "remainder": "0.00",
}


class Answers:
    """An API of periods."""

    def __init__(self, periods: list[dict[str, Any]] | None) -> None:
        self.periods = periods

    def get(self, path: str) -> Any:
        if self.periods is None:
            raise ApiError(404, "nothing_published")
        if path.count("/") != 2:
            return {"periods": self.periods}
        return WHOLE if path.endswith(SIGNED["period"]) else SIGNED | {"period": path[-7:]}


def page(tmp_path: Path, periods: list[dict[str, Any]]) -> str:
    result: dict[str, Any] = {
        "sources": {},
        "reasons": {},
        "kpis": [],
        "databricks_runs": [],
        "gold": {},
        "seconds": {},
    }
    return write_page({**result, "lost": 0, "doubled": 0, "periods": periods}, tmp_path / "page.html").read_text()


def test_the_period_signed_last_is_told_in_full_among_its_neighbours() -> None:
    months = [{"hospital": "hospital_a", "period": f"2024-{n:02d}", "status": "open"} for n in range(1, 13)]
    months[6] = SIGNED
    found = gather_close(Answers(months))  # type: ignore[arg-type]
    assert [each["period"] for each in found] == ["2024-04", "2024-05", "2024-06", "2024-07", "2024-08", "2024-09"]
    assert [each for each in found if "variance" in each] == [WHOLE]


def test_of_what_was_signed_after_the_newest_edition_nothing_is_told_yet() -> None:
    months = [{"hospital": "hospital_a", "period": f"2024-{n:02d}", "status": "open"} for n in range(1, 13)]
    months[6:8] = [SIGNED, SIGNED | {"period": "2024-08"}]
    found = gather_close(Answers(months))  # type: ignore[arg-type]
    assert [each["period"] for each in found if "variance" in each] == ["2024-07"]


def test_the_page_shows_signed_restated_and_variance(tmp_path: Path) -> None:
    shown = page(tmp_path, [WHOLE])
    for part in (
        "Month-end close",
        "1,000.00",
        "998.50",
        "1.50",
        "known late",
        "not explained: 0.00",
        "Ann &lt;Controller&gt;",
    ):
        assert part in shown
    assert shown.count("<td>movement</td>") == 1
    assert "<td>balance</td>" not in shown, "a figure that is nought in both views"


def test_without_an_account_ledger_there_is_no_such_section(tmp_path: Path) -> None:
    assert gather_close(Answers(None)) == []  # type: ignore[arg-type]
    assert "Month-end close" not in page(tmp_path, [])
