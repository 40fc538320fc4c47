"""Names the file that a timer brings, so that its source claims it and a repeated try gives the same name."""

from datetime import date

from shared.model.path_pattern import PathPattern

_FORMATS = {"date": "%Y-%m-%d", "month": "%Y-%m"}


def can_name_files(pattern: PathPattern) -> bool:
    """Whether a path can be made of a day and a stamp: every placeholder is a date, and `{any}` keeps ticks apart."""
    return "{any}" in pattern.text and set(pattern.placeholders.values()) <= set(_FORMATS)


def name_file(pattern: PathPattern, day: date, stamp: str) -> str:
    """The path of a file of a day; `stamp` stands where the pattern says `{any}`."""
    values = {name: day.strftime(_FORMATS[kind]) for name, kind in pattern.placeholders.items()}
    return pattern.fill(values, f"-{stamp}")
