"""A small metadata folder of its own: two nouns, and for each a source of every delivery kind."""

import json
from pathlib import Path
from typing import Any

KINDS = ("full", "delta", "period", "append")
MEMBER_COLUMNS = ("Id", "Name", "Amount", "Changed", "Day")

PERSON = {
    "noun": "person",
    "title": "A member with every version",
    "history": "scd2",
    "key": ["person_id"],
    "columns": {
        "person_id": {"type": "id", "of": "person", "required": True, "description": "Who"},
        "name": {"type": "text", "description": "Name"},
        "amount": {"type": "money", "description": "An amount"},
    },
    "quality_flags": {"negative": "amount < 0"},
}
BILL = PERSON | {
    "noun": "bill",
    "title": "A member as it stands",
    "history": "latest",
    "key": ["bill_id"],
    "columns": {
        "bill_id": {"type": "id", "of": "bill", "required": True, "description": "Which"},
        "name": {"type": "text", "description": "Name"},
        "amount": {"type": "money", "description": "An amount"},
        "day": {"type": "date", "description": "The day that decides its period"},
    },
}


def write_metadata(folder: Path) -> Path:
    """Writes the folder; sources are `<kind>_house__person` and `<kind>_house__bill`."""
    for noun in (PERSON, BILL):
        _write(folder / "nouns" / f"{noun['noun']}.json", noun)
        for kind in KINDS:
            _write_source(folder, kind, noun)
    return folder


def _write_source(folder: Path, kind: str, noun: dict[str, Any]) -> None:
    source_id = f"{kind}_house__{noun['noun']}"
    cells = {noun["key"][0]: "Id", "name": "Name", "amount": "Amount"}
    if "day" in noun["columns"]:
        cells["day"] = "Day"
    delivery: dict[str, Any] = {"kind": kind, "ordered_by": {"path": "as_of"}}
    if kind == "period":
        delivery["period"] = {"column": "Day", "truncate": "month"}
    source = {
        "source_id": source_id,
        "format": {"kind": "csv"},
        "delivery": delivery,
        "keys": ["Id"],
        "order_column": "Changed",
        "record_schema": f"{source_id}.schema.json",
        "phi_columns": ["Name"],
        "silver": {
            "noun": noun["noun"],
            "columns": cells,
            "effective_from": "Changed" if noun["history"] == "scd2" else None,
        },
    }
    _write(folder / "sources" / f"{source_id}.json", source)
    _write(folder / "schemas" / f"{source_id}.schema.json", {"properties": {name: {} for name in MEMBER_COLUMNS}})


def _write(path: Path, document: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(document), encoding="utf-8")
