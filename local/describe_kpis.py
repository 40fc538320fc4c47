"""docs/kpis.md from the definitions themselves: `python -m local.describe_kpis` writes it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = REPOSITORY / "docs" / "kpis.md"

PREFACE = """\
# KPIs

Written by `python -m local.describe_kpis` from `metadata/kpis/`, which is where a definition is changed.

**value = numerator x multiplier / denominator**, half up to six places, none where the denominator is 0. Money is USD.

* **Period and as-of.** A figure belongs to a hospital and a month. *Ledger* figures are told of every month that has
  ended; balances are those of its last day, by posting date. Figures that stand on *claims* or *transactions* files
  are told as of the run's as-of date.
* **Known at.** What had arrived by an instant: now, unless asked otherwise. A correction or a withdrawal changes what
  is known from then on; the figure as known before stays what it was. On demand, in a notebook or a job of your own:
  `reckon_kpis(lake, metadata, read_kpis(folder), as_of, known_at=end_of_day(date(2024, 6, 30)))`
  (`rcm_lakehouse.kpis.reckon`).
* **Grain.** Each measure is summed over a relation of one stated grain, laid out once
  (`rcm_lakehouse/kpis/relations`); money is never summed over a join that repeats it.
* **Refusal.** A KPI whose feed a hospital has not delivered refuses there and names the feed (`refused` in
  `GET /api/kpis`); the others stand. Nothing stands in for a ledger of which a part has come. Where there is none at
  all, some KPIs have a second definition on claims files; its rows say so (`basis`), and `quality` tells how many of
  the rows behind them are flagged.
* **Slices.** The last twelve months also by payer (the account's primary payer, else PATIENT), department, provider and
  service line, where it says so below: in the table `gold.kpi`, columns `dimension` and `member`, and by
  `GET /api/kpis?kpi_id=aged_ar&dimension=payer`.
* **Origin.** "Follows" names the measure of HFMA that a definition follows: a MAP Key, or one of its Claim Integrity
  Task Force. Nobody has certified that it complies.

## Why patients pay late or not at all

The table `gold.patient_pay`, published as `patient_pay.json` and read by `GET /api/patient-pay`: of the accounts on
which a patient came to owe at least 90 days before the as-of date, how many `paid_late` (in full, but later than 30
days after it arose), `paid_in_part` or `never_paid`; the rest paid in full in time. Told by `factor` and `member`:
the cause, the primary payer, its plan, the size of the balance, the age of the bill when the patient came to owe,
what came of the same patient's account before, the service line. Each rate has its count, the accounts it is a share
of, and the Wilson interval that holds the true rate in 95 of 100 samples: of few accounts it is wide. It refuses
where `patient_pay_collected` does. A rate is no proof: factors go together.
"""


def kpi_page(folder: Path) -> str:
    """The page for the definitions in `folder`."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return "\n".join([PREFACE, *(line for document in documents for line in _kpi(document))])


def _kpi(document: Mapping[str, Any]) -> Iterator[str]:
    direction = document["direction"].replace("_", " ")
    yield f"## {document['kpi_id']}\n"
    facts = f"Unit: {document['unit']}; {direction}; version {document['version']}."
    yield f"{document['title']}. {document['description']} {facts}\n"
    for definition in document["definitions"]:
        yield from _definition(definition)


def _definition(told: Mapping[str, Any]) -> Iterator[str]:
    yield f"| basis `{told['basis']}` | {_origin(told['origin'])} |"
    yield "| --- | --- |"
    yield f"| refuses without | {', '.join(f'`{feed}`' for feed in told['feeds'])} |"
    yield f"| grain | {told['grain']} |"
    yield f"| as of | {told['as_of_rule']} |"
    if told["aging_from"]:
        yield f"| ages from | {told['aging_from']} |"
    yield f"| includes | {'; '.join(told['inclusions'])} |"
    yield f"| excludes | {'; '.join(told['exclusions'])} |"
    for side in ("numerator", "denominator"):
        yield f"| {side} | {_measure(told[side])} |"
    if "multiplier" in told:
        yield f"| multiplier | {str(told['multiplier']).replace('_', ' ')} |"
    if "splits" in told:
        yield f"| buckets | {' x '.join(_parts(split) for split in told['splits'])} |"
    if "months_before" in told:
        yield f"| from | the hospital's month {told['months_before'] + 1} on |"
    yield f"| by slice | {'yes' if told['by_slice'] else 'no'} |\n"


def _parts(split: Mapping[str, Any]) -> str:
    return ", ".join(f"`{part['name']}`" if part["name"] else "(whole)" for part in split["parts"])


def _origin(origin: Mapping[str, Any]) -> str:
    if origin["kind"] == "hfma":
        return f"follows [{origin['key']}]({origin['page']})"
    return f"house: {origin['note']}"


def _measure(side: Mapping[str, Any]) -> str:
    where = f" where `{_cell(side['where'])}`" if "where" in side else ""
    window = side.get("window", "month").replace("_", " ")
    left_out = "; ".join(f"{one['reason']}: `{_cell(one['when'])}`" for one in side.get("leave_out", []))
    counted = f"sum of `{_cell(side['amount'])}` over `{side['of']}`{where}, by `{side['period']}` ({window})"
    return counted + (f"; left out and counted: {left_out}" if left_out else "")


def _cell(sql: str) -> str:
    return sql.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(kpi_page(REPOSITORY / "metadata" / "kpis"), encoding="utf-8")
