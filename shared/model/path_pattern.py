"""Where a source's files arrive: a path with placeholders, compiled once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Self

KINDS = {
    "date": "[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "month": "[0-9]{4}-[0-9]{2}",
    "text": "[A-Za-z0-9._-]+",
}
ANY = "[^/]*"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class PathPattern:
    """Literal text with `{name:date}`, `{name:month}`, `{name:text}` and `{any}`, matched against a whole blob name."""

    text: str
    placeholders: Mapping[str, str] = field(hash=False)
    _regex: re.Pattern[str] = field(repr=False, compare=False)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Compiles a pattern; ValueError names the placeholder that is not understood or comes twice."""
        placeholders: dict[str, str] = {}
        literals = _PLACEHOLDER.split(text)
        parts = [re.escape(literals[0])]
        for inner, literal in zip(literals[1::2], literals[2::2], strict=True):
            parts += [_compile_placeholder(inner, placeholders), re.escape(literal)]
        if any(brace in literal for literal in literals[::2] for brace in "{}"):
            raise ValueError("a brace stands alone")
        return cls(text, placeholders, re.compile("".join(parts)))

    @property
    def shape(self) -> str:
        """The pattern without the names: two patterns of one shape match the same paths."""
        return _PLACEHOLDER.sub(lambda found: "{" + found.group(1).rpartition(":")[2] + "}", self.text)

    def match(self, name: str) -> dict[str, str] | None:
        """The values of the placeholders, or None: dates are real dates, so 2026-02-30 does not match."""
        found = self._regex.fullmatch(name)
        if found is None:
            return None
        values = found.groupdict()
        return values if all(_is_real(self.placeholders[key], value) for key, value in values.items()) else None

    def fill(self, values: Mapping[str, str], any_text: str = "") -> str:
        """A path that this pattern matches; the first `{any}` becomes `any_text`. KeyError for a value left out."""
        filled = self.text.replace("{any}", any_text, 1)
        return _PLACEHOLDER.sub(lambda found: _filled(found.group(1), values), filled)


def _compile_placeholder(inner: str, seen: dict[str, str]) -> str:
    if inner == "any":
        return ANY
    name, _, kind = inner.partition(":")
    if not _NAME.fullmatch(name) or kind not in KINDS:
        raise ValueError(f"placeholder {{{inner}}} is not one of {{any}}, {', '.join(f'{{name:{k}}}' for k in KINDS)}")
    if name in seen:
        raise ValueError(f"placeholder {name} comes twice")
    seen[name] = kind
    return f"(?P<{name}>{KINDS[kind]})"


def _is_real(kind: str, value: str) -> bool:
    if kind == "text":
        return True
    try:
        date.fromisoformat(value if kind == "date" else f"{value}-01")
    except ValueError:
        return False
    return True


def _filled(inner: str, values: Mapping[str, str]) -> str:
    return "" if inner == "any" else values[inner.partition(":")[0]]
