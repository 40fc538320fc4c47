"""JSON as the metadata is written: short things on one line, long ones one entry a line."""

import json
from typing import Any

WIDTH = 100


def json_text(document: Any) -> str:
    """Two spaces a level; a line holds what fits into 100 characters."""
    return f"{_text(document, 0)}\n"


def _text(value: Any, indent: int) -> str:
    one_line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (indent and len(one_line) + indent <= WIDTH):
        return one_line
    inner = indent + 2
    if isinstance(value, dict):
        entries = [f"{json.dumps(key, ensure_ascii=False)}: {_text(item, inner)}" for key, item in value.items()]
    else:
        entries = [_text(item, inner) for item in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{',\n'.join(' ' * inner + entry for entry in entries)}\n{' ' * indent}{closing}"
